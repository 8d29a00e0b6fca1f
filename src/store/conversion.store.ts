import type { EntityManager } from 'typeorm';
import type { RowBlock } from '../domain/feed-row.ts';
import { isoDate } from '../domain/week.ts';

/** Notes conversions (columns as in OUTCOMES); one that is known already stays as it is. */
export async function noteConversions(tx: EntityManager, campaign: string, block: RowBlock): Promise<void> {
  const [days, amounts] = block.numbers;
  await tx.query(
    `insert into conversion (campaign, customer, converted_on, amount)
     select $1, * from unnest($2::text[], $3::date[], $4::numeric[]) on conflict do nothing`,
    [
      campaign,
      block.customers,
      Array.from(days ?? [], isoDate),
      Array.from(amounts ?? [], (amount) => (Number.isNaN(amount) ? null : amount)),
    ],
  );
}
