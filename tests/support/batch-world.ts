import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { expect } from 'vitest';
import type { Config } from '../../src/domain/campaign.ts';
import { addWeeks, type IsoWeek } from '../../src/domain/week.ts';
import type { BatchRow } from '../../src/store/batch.row.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { SampleItemRow } from '../../src/store/sample-item.row.ts';
import { type Caller, type Command, execute } from '../../src/use-cases/execute.ts';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { reviewSample } from '../../src/use-cases/review-batch.ts';
import { likelyScorer } from './likely-scorer.ts';
import { OLGA, ServiceHarness } from './service-harness.ts';
import { customers, deliver, installSmall, SMALL } from './small-campaign.ts';
import { WatchedMailTool } from './watched-mail-tool.ts';

/** The small campaign in a service of its own, in which each test has a week and customers of its own. */
export class BatchWorld {
  week: IsoWeek = '2025-W01';

  private constructor(
    readonly harness: ServiceHarness,
    readonly mail: WatchedMailTool,
    readonly owner: pg.Client,
  ) {}

  static async start(config: Partial<Config>): Promise<BatchWorld> {
    const mail = new WatchedMailTool();
    const harness = await ServiceHarness.start({ scorer: likelyScorer, mailTool: mail });
    mail.outbox = join(harness.folder, 'outbox');
    await installSmall(harness, { capacity: 20, sampleSize: 8, ...config });
    const owner = new pg.Client({ connectionString: harness.database.ownerUrl });
    await owner.connect();
    return new BatchWorld(harness, mail, owner);
  }

  async stop(): Promise<void> {
    await this.owner.end();
    await this.harness.stop();
  }

  /** A week that nobody has used, and a mail tool that works. */
  nextWeek(weeks = 1): void {
    this.week = addWeeks(this.week, weeks);
    this.mail.forget();
  }

  act<I, R>(caller: Caller, command: Command<I, R>, input: I): Promise<R> {
    return execute(this.harness.services, caller, command, input);
  }

  rows(sql: string, ...parameters: unknown[]): Promise<Record<string, unknown>[]> {
    return this.harness.services.db.query(sql, parameters);
  }

  /** The n-th customer of the week; the likelier, the higher n, up to 24. */
  id(n: number): string {
    return `${this.week}-c${n}`;
  }

  people(count: number) {
    return customers(count, (n) => ({
      party_id: this.id(n),
      likely: n <= 24 ? 0.5 + n / 100 : 0.1 + n / 1000,
    }));
  }

  /** A run of the week whose batch waits: 20 of the model, and some for exploration. */
  async decidedRun(people = this.people(60)): Promise<RunRow> {
    await deliver(this.harness, { week: this.week, customers: people });
    return this.harness.run(SMALL, this.week);
  }

  batchOf(run: RunRow): Promise<BatchRow> {
    return this.harness.batchOf(run);
  }

  sampleOf(batchId: string): Promise<SampleItemRow[]> {
    const { manager } = this.harness.services.db;
    return manager.find(SampleItemRow, { where: { batchId }, order: { position: 'ASC' } });
  }

  review(
    batchId: string,
    customer: string,
    verdict: SampleItemRow['verdict'],
    note: string | null = null,
  ): Promise<BatchRow> {
    return this.act(OLGA, reviewSample, { batchId, customer, verdict, note });
  }

  async reviewAll(batchId: string): Promise<void> {
    for (const { customer } of await this.sampleOf(batchId)) await this.review(batchId, customer, 'FINE');
  }

  /** The files of a batch that the mail tool has. */
  async outbox(batchId: string): Promise<string[]> {
    const names = await readdir(join(this.mail.outbox, SMALL)).catch(() => []);
    return names.filter((name) => name.includes(batchId)).sort();
  }

  /** An approved batch is as it was, and nobody has anything of it. */
  async expectNothingReleased(batchId: string): Promise<void> {
    const status = await this.rows('select status from batch where id = $1', batchId);
    expect(status).toEqual([{ status: 'APPROVED' }]);
    for (const table of ['hand_off', 'released_recipient', 'contact'])
      expect(await this.rows(`select 1 from ${table} where batch_id = $1`, batchId), table).toEqual([]);
    const dropped = 'select 1 from recipient where batch_id = $1 and dropped is not null';
    expect(await this.rows(dropped, batchId)).toEqual([]);
    await handOffReleased(this.harness.services);
    expect(await this.outbox(batchId)).toEqual([]);
  }

  /** What stands of each recipient who is in a batch, as a leaf in hex. */
  async leavesOf(batchId: string): Promise<string[]> {
    const left = await this.rows(
      `select encode(leaf, 'hex') as leaf from recipient where batch_id = $1 and removed_by is null`,
      batchId,
    );
    return left.map(({ leaf }) => String(leaf));
  }
}
