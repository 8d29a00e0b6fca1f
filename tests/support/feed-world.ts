import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Config } from '../../src/domain/campaign.ts';
import type { ContractColumn } from '../../src/domain/feed-contract.ts';
import { addWeeks, type IsoWeek } from '../../src/domain/week.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { type Delivery, deliverFolder } from './feed-folder.ts';
import { ServiceHarness } from './service-harness.ts';
import { smallDefinition, writeSmallCampaign } from './small-campaign.ts';

/** The columns of the feeds, one of each type. */
export const COLUMNS = ['party_id', 'likely', 'age', 'is_private', 'opt_in', 'opt_in_on', 'region', 'note'];
const MORE: readonly ContractColumn[] = [
  { name: 'opt_in_on', type: 'date', category: 'eligibility' },
  { name: 'note', type: 'text', category: 'segment' },
];

export type Cells = Readonly<Record<string, string>>;

/** Customers c1, c2, …; `change` gives cells of the n-th, by column. */
export function customers(change: (n: number) => Cells = () => ({}), count = 20): string {
  const rows = Array.from({ length: count }, (_, i) => {
    const n = i + 1;
    const row: Cells = {
      party_id: `c${n}`,
      likely: String(n / (count + 1)),
      age: String(20 + (n % 50)),
      is_private: 'true',
      opt_in: 'true',
      opt_in_on: '2019-06-30',
      region: 'north',
      note: n === 7 ? '"said: ""mail, please"" é"' : '',
      ...change(n),
    };
    return COLUMNS.map((name) => row[name] ?? '').join(',');
  });
  return `${[COLUMNS.join(','), ...rows].join('\n')}\n`;
}

/** Twenty customers of whom the fifth, on line 6, has another cell. */
export function withCell(column: string, value: string): string {
  return customers((n): Cells => (n === 5 ? { [column]: value } : {}));
}

/** The service with campaigns whose feeds a test delivers, each for a week of its own. */
export class FeedWorld {
  week: IsoWeek = '2020-W01';

  private constructor(
    readonly harness: ServiceHarness,
    readonly told: readonly { readonly subject: string; readonly text: string }[],
  ) {}

  static async start(): Promise<FeedWorld> {
    const told: { subject: string; text: string }[] = [];
    const notifier = { notify: async (message: (typeof told)[number]) => void told.push(message) };
    return new FeedWorld(await ServiceHarness.start({ notifier }), told);
  }

  stop(): Promise<void> {
    return this.harness.stop();
  }

  get inbox(): string {
    return join(this.harness.folder, 'inbox');
  }

  /** Puts a campaign into production: the weeks of one are no past of another's. */
  async install(key: string, config: Partial<Config>): Promise<void> {
    const { campaign, model } = await writeSmallCampaign(join(this.harness.folder, key));
    const card = join(model, 'card.yaml');
    await writeFile(card, (await readFile(card, 'utf8')).replace('campaign: small', `campaign: ${key}`));
    const definition = smallDefinition(config);
    const columns = [...definition.feed.columns, ...MORE].filter(({ name }) => COLUMNS.includes(name));
    await this.harness.install(campaign, model, () => ({ ...definition, key, feed: { columns } }));
  }

  /** Delivers a feed for the next week and runs it. */
  async run(campaign: string, delivery: Delivery | ((week: IsoWeek) => Delivery)): Promise<RunRow> {
    this.week = addWeeks(this.week, 1);
    await this.deliver(campaign, typeof delivery === 'function' ? delivery(this.week) : delivery);
    return this.harness.run(campaign, this.week);
  }

  /** Delivers a feed for the week at hand, instead of the one that is there. */
  deliver(campaign: string, delivery: Delivery): Promise<string> {
    return deliverFolder(this.inbox, campaign, this.week, delivery);
  }

  query<T>(sql: string, ...parameters: readonly unknown[]): Promise<readonly T[]> {
    return this.harness.services.db.query(sql, [...parameters]);
  }

  async count(from: string, ...parameters: readonly unknown[]): Promise<number> {
    const [row] = await this.query<{ count: number }>(
      `select count(*)::int as count from ${from}`,
      ...parameters,
    );
    return row?.count ?? Number.NaN;
  }

  checksOf(run: RunRow): Promise<readonly { name: string; verdict: string; message: string }[]> {
    return this.query(
      'select name, verdict, message from run_check where run_id = $1 order by position',
      run.id,
    );
  }

  /** The run halted on these checks alone, an incident says so to a person, and nothing of the feed was used. */
  async expectHalted(run: RunRow, ...expected: readonly string[]): Promise<void> {
    const halting = (await this.checksOf(run)).filter(({ verdict }) => verdict === 'HALT');
    expect(halting.map(({ name, message }) => `${name}: ${message}`)).toEqual(expected);
    const kind = expected.some((text) => text.startsWith('FEED_PRESENT')) ? 'FEED_MISSING' : 'CHECK_HALTED';
    expect(await this.query('select kind, summary from incident where run_id = $1', run.id)).toEqual([
      { kind, summary: `${run.campaign} ${run.week} halted: ${expected.join('; ')}` },
    ]);
    await this.#expectNothingUsed(run);
  }

  /** No rows, prices, mails or conversions, and nothing that later weeks are compared with. */
  async #expectNothingUsed(run: RunRow): Promise<void> {
    expect(run).toMatchObject({
      status: 'HALTED',
      step: 'DONE',
      asOf: null,
      snapshotRows: null,
      snapshotDigest: null,
    });
    const partition = `snapshot_row_${run.id.replaceAll('-', '')}`;
    expect(await this.count('pg_class where relname = $1', partition)).toBe(0);
    for (const table of ['fund_price', 'run_feed_file', 'run_measure', 'run_funnel', 'batch'])
      expect([table, await this.count(`${table} where run_id = $1`, run.id)]).toEqual([table, 0]);
    expect(await this.count('contact')).toBe(0);
    expect(await this.count('conversion')).toBe(0);
  }
}
