import type { EntityManager } from 'typeorm';
import type { FundPrice } from '../domain/feature.ts';
import { layoutOf } from '../domain/feed-contract.ts';
import type { RowBlock } from '../domain/feed-row.ts';
import { FUNDS } from '../domain/feed-table.ts';
import { type IsoDate, isoDate } from '../domain/week.ts';

/** Freezes the prices of a run's feed. Fails on a fund's price of a day that stands twice. */
export async function addFundPrices(tx: EntityManager, runId: string, block: RowBlock): Promise<void> {
  const columns = layoutOf(FUNDS).numbers;
  const [dates, prices] = ['date', 'price'].map(
    (name) => block.numbers[columns.findIndex((c) => c.name === name)] ?? [],
  );
  await tx.query(
    `insert into fund_price (run_id, fund, date, price) select $1, * from unnest($2::text[], $3::date[], $4::numeric[])`,
    [runId, block.customers, Array.from(dates ?? [], isoDate), Array.from(prices ?? [])],
  );
}

/** How many funds a run has prices of, and the days between which it has them of every fund. */
export async function fundSpan(
  tx: EntityManager,
  runId: string,
): Promise<{ readonly funds: number; readonly first: IsoDate | null; readonly last: IsoDate | null }> {
  const [span]: { funds: number; first: IsoDate | null; last: IsoDate | null }[] = await tx.query(
    `select count(*)::int as funds, to_char(max(first), 'YYYY-MM-DD') as first, to_char(min(last), 'YYYY-MM-DD') as last
     from (select min(date) as first, max(date) as last from fund_price where run_id = $1 group by fund) f`,
    [runId],
  );
  return span ?? { funds: 0, first: null, last: null };
}

export async function fundPrices(tx: EntityManager, runId: string): Promise<readonly FundPrice[]> {
  return tx.query(
    `select fund, to_char(date, 'YYYY-MM-DD') as date, price::float8 as price from fund_price
     where run_id = $1 order by fund, date`,
    [runId],
  );
}
