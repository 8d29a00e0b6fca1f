import { expect } from 'vitest';
import { systemRandomness } from '../../src/adapters/system/system-ports.ts';
import type { Randomness, Scorer } from '../../src/domain/ports.ts';
import { addWeeks, type IsoWeek, sundayOf } from '../../src/domain/week.ts';
import { RunRow } from '../../src/store/run.row.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { BATCH_ROWS } from '../../src/use-cases/score-snapshot.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { auditEntries } from './audit-entries.ts';
import { likelyScorer } from './likely-scorer.ts';
import { faultsOf, readRecord } from './run-record.ts';
import { OLGA, ServiceHarness } from './service-harness.ts';
import { customers, deliver, installSmall, SMALL } from './small-campaign.ts';
import { type Place, Trap } from './trap.ts';

/** Customers enough for three batches of the scorer's. */
export const THREE_BATCHES = 2 * BATCH_ROWS + 50;

const randomness: Randomness = {
  // The seed of the campaign is 32 bytes; salts stay random.
  bytes: (count) => (count === 32 ? new Uint8Array(32).fill(7) : systemRandomness.bytes(count)),
};

/**
 * Two services with the same campaign and seed: one runs undisturbed, what the other makes of it after a blow must be the same.
 * Whoever starts them stops them.
 */
export class TwinServices {
  week: IsoWeek = '2026-W01';
  /** What the struck service's scorer does instead of answering its n-th batch. */
  onBatch: (n: number) => Promise<void> = async () => {};
  /** The week's run that nothing disturbed. */
  #undisturbed = '';

  private constructor(
    private readonly calm: ServiceHarness,
    readonly struck: ServiceHarness,
    readonly trap: Trap,
  ) {}

  static async start(): Promise<TwinServices> {
    const calm = await ServiceHarness.start({ randomness, scorer: likelyScorer });
    const scorer: Scorer = { open: (spec) => twins.#session(spec) };
    const struck = await ServiceHarness.start({ randomness, scorer });
    const twins = new TwinServices(calm, struck, await Trap.open(struck.database.ownerUrl));
    const settings = { holdoutShare: 0.2, explorationSize: 3, capacity: 15, restWeeks: 2 };
    await installSmall(calm, settings);
    await installSmall(struck, settings);
    return twins;
  }

  async stop(): Promise<void> {
    await this.trap.close();
    await this.calm.stop();
    await this.struck.stop();
  }

  /** Goes on to the next week, with nothing in the way. */
  nextWeek(): void {
    this.week = addWeeks(this.week, 1);
    this.onBatch = async () => {};
  }

  /** Delivers the week to both and lets the calm one run. */
  async deliver(count = 40): Promise<void> {
    const feed = {
      week: this.week,
      customers: customers(count, (n) => ({
        likely: (n % 20) / 20,
        opt_in: n % 7 !== 0,
        age: n % 11 === 0 ? null : 40,
      })),
      mailings: [['c1', sundayOf(this.week), 'newsletter']] as const,
      outcomes: [['c2', sundayOf(this.week), 12.5]] as const,
    };
    await deliver(this.calm, feed);
    await deliver(this.struck, feed);
    const { id, status } = await runWeek(this.calm.services, (await this.#start(this.calm)).id);
    expect(status).toBe('AWAITING_REVIEW');
    this.#undisturbed = id;
  }

  /** Starts the struck service's run of the week. */
  start(): Promise<RunRow> {
    return this.#start(this.struck);
  }

  /** Everything that a run of the struck service left, but for ids, salts, instants, and what depends on those. */
  outcome(runId: string) {
    return outcomeOf(this.struck, runId);
  }

  calmOutcome() {
    return outcomeOf(this.calm, this.#undisturbed);
  }

  /** All decisions of a large run as one text's digest. */
  decisions(runId: string): Promise<string> {
    return decisionsIn(this.struck, runId);
  }

  calmDecisions(): Promise<string> {
    return decisionsIn(this.calm, this.#undisturbed);
  }

  /** Partitions of no run, and runs that lack one of theirs. */
  async leftovers(): Promise<unknown> {
    return this.struck.services.db.query(
      `select c.relname from pg_class c
       where c.relkind = 'r' and c.relname ~ '^(snapshot_row|decision)_[0-9a-f]{32}$'
         and not exists (select from pg_inherits where inhrelid = c.oid)
       union all
       select id::text from run where (snapshot_digest is not null) <> (to_regclass('snapshot_row_' || replace(id::text, '-', '')) is not null)
                                   or (decision_root is not null) <> (to_regclass('decision_' || replace(id::text, '-', '')) is not null)`,
    );
  }

  async expectAsCalm(runId: string): Promise<void> {
    expect(await this.outcome(runId)).toEqual(await this.calmOutcome());
    expect(await this.leftovers()).toEqual([]);
  }

  async #start({ services }: ServiceHarness): Promise<RunRow> {
    const asked = { campaign: SMALL, week: this.week, trigger: 'MANUAL' } as const;
    return (await execute(services, OLGA, startRun, asked)).run;
  }

  async #session(spec: Parameters<Scorer['open']>[0]): ReturnType<Scorer['open']> {
    const session = await likelyScorer.open(spec);
    let n = 0;
    return {
      runtime: session.runtime,
      score: async (matrix, rows) => {
        const scores = session.score(matrix, rows);
        await this.onBatch(n++);
        return scores;
      },
      explain: (reference, rows) => session.explain(reference, rows),
      cuts: (reference) => session.cuts(reference),
      judge: (material, limits) => session.judge(material, limits),
      close: () => session.close(),
    };
  }
}

async function outcomeOf({ services: { db } }: ServiceHarness, runId: string) {
  const rows = (sql: string): Promise<unknown> => db.query(sql, [runId]);
  const run = await db.manager.findOneByOrFail(RunRow, { id: runId });
  const record = await readRecord(db, runId);
  expect(faultsOf(record)).toEqual([]);
  return {
    run: [run.status, run.step, run.attempt, run.current, run.asOf, run.snapshotRows, run.rejectedRows],
    decisions: record.decisions.map(({ salt: _, ...decision }) => decision),
    funnel: record.funnel,
    snapshot: await rows(
      `select row_no, customer, numbers, texts, quiet, opted_out, flow_starts, mails from snapshot_row where run_id = $1 order by row_no`,
    ),
    files: await rows(
      'select name, digest, rows, rejected from run_feed_file where run_id = $1 order by name',
    ),
    checks: await rows(
      'select position, name, verdict, measured, "limit", message, subject from run_check where run_id = $1 order by position',
    ),
    measures: await rows(
      'select name, subject, value from run_measure where run_id = $1 order by name, subject',
    ),
    prices: await rows('select count(*)::int from fund_price where run_id = $1'),
    rejected: await rows(
      'select file, line, field, rule from rejected_row where run_id = $1 order by file, line, field, rule',
    ),
    leaves: await rows('select block, length(hashes) from decision_leaf where run_id = $1 order by block'),
    batch: await rows('select status, size, fallback from batch where run_id = $1'),
    recipients: await rows(
      'select r.customer, arm, score, s.position, verdict from recipient r join batch b on b.id = batch_id left join sample_item s using (batch_id, customer) where run_id = $1 order by r.customer',
    ),
    explanations: await rows('select customer, facts from explanation where run_id = $1 order by customer'),
    contacts: await db.query(
      'select customer, mailing from contact where sent_on = $1 order by customer, mailing',
      [run.asOf],
    ),
    conversions: await db.query(
      'select customer, amount from conversion where converted_on = $1 order by customer',
      [run.asOf],
    ),
    log: (await auditEntries(db)).filter(({ subject }) => subject === runId).map(({ action }) => action),
  };
}

async function decisionsIn({ services: { db } }: ServiceHarness, runId: string): Promise<string> {
  const [{ digest }] = await db.query(
    `select md5(string_agg(concat_ws(' ', row_no, customer, outcome, arm, reasons, score, rank), ',' order by row_no)) as digest
     from decision where run_id = $1`,
    [runId],
  );
  return digest;
}

/** What a place is called in the name of a test. */
export const placeName = (place: Place) =>
  `${place.step}: ${'table' in place ? `${place.event ?? 'insert'} ${place.table}` : 'copyInto' in place ? `COPY into ${place.copyInto}` : `seal ${place.sealing}`}`;

/** Where a run is struck. */
export const PLACES: readonly Place[] = [
  { step: 'RECEIVE', table: 'fund_price' },
  { step: 'RECEIVE', table: 'contact' },
  { step: 'RECEIVE', table: 'conversion' },
  { step: 'RECEIVE', copyInto: 'snapshot_row' },
  { step: 'RECEIVE', sealing: 'snapshot_row' },
  { step: 'RECEIVE', table: 'run_check' },
  { step: 'RECEIVE', table: 'run', event: 'update' },
  { step: 'RECEIVE', table: 'audit_staged' },
  { step: 'DECIDE', copyInto: 'decision' },
  { step: 'DECIDE', sealing: 'decision' },
  { step: 'DECIDE', table: 'decision_leaf' },
  { step: 'DECIDE', table: 'run_funnel' },
  { step: 'DECIDE', table: 'run', event: 'update' },
  { step: 'DECIDE', table: 'audit_staged' },
  { step: 'EXPLAIN', table: 'explanation' },
  { step: 'EXPLAIN', table: 'run', event: 'update' },
  { step: 'EXPLAIN', table: 'audit_staged' },
  { step: 'DRAW', table: 'batch' },
  { step: 'DRAW', table: 'recipient' },
  { step: 'DRAW', table: 'sample_item' },
  { step: 'DRAW', table: 'run', event: 'update' },
];
