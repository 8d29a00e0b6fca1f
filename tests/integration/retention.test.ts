import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Period, RETAINED_KINDS, type Retention } from '../../src/domain/retention.ts';
import { addDays, addWeeks, sundayOf } from '../../src/domain/week.ts';
import { erasedRows } from '../../src/store/erasure.reads.ts';
import { RunRow } from '../../src/store/run.row.ts';
import { eraseCustomer, requestErasure } from '../../src/use-cases/erase-customer.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { addToQuietList, recordOptOut } from '../../src/use-cases/protect-customer.ts';
import { readDecision, readDecisions, readHistory } from '../../src/use-cases/read-customers.ts';
import { readExplanation } from '../../src/use-cases/read-explanation.ts';
import { retain } from '../../src/use-cases/retain.ts';
import { auditEntries, entriesOf } from '../support/audit-entries.ts';
import { disagreements, tablesWith } from '../support/erasure-checks.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, OLGA, ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

const days = (count: number): Period => ({ text: `P${count}D`, months: 0, days: count });
const NEVER = days(36_500);
/** Six weeks, one every other week; of the last the batch waits for review. */
const WEEKS = ['2026-W30', '2026-W32', '2026-W34', '2026-W36', '2026-W38', '2026-W40'] as const;
const LAST = '2026-W40';

let harness: ServiceHarness;
let runs: readonly RunRow[] = [];

beforeAll(async () => {
  harness = await ServiceHarness.start({ scorer: likelyScorer });
  await installSmall(harness, { capacity: 20, explorationSize: 6, sampleSize: 8, restWeeks: 1 });
  const done: RunRow[] = [];
  for (const week of WEEKS) {
    await deliver(harness, {
      week,
      customers: customers(40, (n) => ({ party_id: `${week}-c${n}-x` })),
      outcomes: [[`${week}-c1-x`, addDays(sundayOf(week), -3), 10]],
    });
    const run = await harness.run(SMALL, week);
    if (week !== LAST) await harness.release(run);
    done.push(run);
  }
  runs = done;
});
afterAll(() => harness.stop());

const at = (n: number) => runs[n] as RunRow;
const keeping = (change: Partial<Retention>): Retention => ({
  snapshots: NEVER,
  decisions: NEVER,
  batches: NEVER,
  contacts: NEVER,
  ...change,
});
const retainWith = (change: Partial<Retention>) =>
  retain({ ...harness.services, retention: keeping(change) });
/** A period that keeps what is of a week, on 2026-11-16, and nothing before it. */
const since = (week: string) =>
  days(Math.round((Date.parse('2026-11-16') - Date.parse(sundayOf(week))) / 86_400_000));
const count = async (sql: string, ...parameters: unknown[]): Promise<number> => {
  const [row]: [{ n: number }] = await harness.services.db.query(
    `select count(*)::int as n from ${sql}`,
    parameters,
  );
  return row.n;
};
const table = (kind: string, run: RunRow) => `${kind}_${run.id.replaceAll('-', '')}`;

describe('erasing by age', () => {
  it('finds nothing while nothing is past its period', async () => {
    expect(await entriesOf(harness.services.db, () => retainWith({}))).toEqual([]);
  });

  it('takes the snapshots of runs past their period, whole, each with its entry, once', async () => {
    const entries = await entriesOf(harness.services.db, async () => {
      const erased = await retainWith({ snapshots: since(WEEKS[2]) });
      expect(erased.map(({ kind, owner, rows }) => [kind, owner, rows])).toEqual([
        // The frozen rows, and the explanations of the 26 who were mailed.
        ['snapshots', at(0).id, 66],
        ['snapshots', at(1).id, 66],
      ]);
    });
    expect(entries).toHaveLength(2);
    const [erasure]: [{ id: string; digest: string }] = await harness.services.db.query(
      'select id, digest from erasure join erased_row on erasure_id = id where owner_id = $1',
      [at(0).id],
    );
    expect(entries[0]).toMatchObject({
      actor: 'engine',
      action: 'retention.erase',
      subject: erasure.id,
      digest: erasure.digest,
      details: { kind: 'snapshots', owner: at(0).id, rows: 66, keptFrom: sundayOf(WEEKS[2]) },
    });
    expect(await count(table('snapshot_row', at(1)))).toBe(0);
    expect(await count(table('snapshot_row', at(2)))).toBe(40);
    expect((await erasedRows(harness.services.db, 'snapshot', at(1).id)).all).toBe(true);
    expect(await retainWith({ snapshots: since(WEEKS[2]) })).toEqual([]);
    expect(await disagreements(harness.services.db)).toEqual([]);
  });

  it('takes explanations with the frozen rows, and none is made any more', async () => {
    expect(await count('explanation where run_id = any ($1)', [at(0).id, at(1).id])).toBe(0);
    expect(await count('explanation where run_id = $1', at(2).id)).toBe(26);
    const about = { campaign: SMALL, audience: 'CUSTOMER', language: 'nl' } as const;
    const explain = (week: string, n: number) =>
      readExplanation(harness.services, OLGA, { ...about, week, customer: `${week}-c${n}-x` });
    expect(await refusalOf(explain(WEEKS[1], 1))).toBe('ERASED RETENTION');
    expect((await explain(WEEKS[2], 1)).decision.customer).toBe(`${WEEKS[2]}-c1-x`);
    expect(await count('explanation where run_id = $1', at(1).id)).toBe(0);
  });

  it('takes decisions and leaves their leaves; who asks is told', async () => {
    await retainWith({ decisions: since(WEEKS[1]) });
    const { services } = harness;
    expect(await count(table('decision', at(0)))).toBe(0);
    const customer = `${WEEKS[0]}-c1-x`;
    const read = readDecision(services, OLGA, { campaign: SMALL, week: WEEKS[0], customer });
    expect(await refusalOf(read)).toBe('ERASED RETENTION');
    const filter = { outcomes: null, reasons: null, arms: null };
    const page = { first: 10, after: null };
    expect(await readDecisions(services, OLGA, { campaign: SMALL, week: WEEKS[0], filter }, page)).toEqual(
      [],
    );
    expect(await readHistory(services, OLGA, { customer, campaign: null }, page)).toEqual([]);
    expect(await disagreements(services.db)).toEqual([]);
  });

  it('leaves frozen rows in which a customer is still found to be erased', async () => {
    const customer = `${WEEKS[2]}-c3-x`;
    await retainWith({ decisions: since(WEEKS[3]) });
    expect(await count(table('snapshot_row', at(2)))).toBe(40);
    expect(await count('explanation where run_id = $1', at(2).id)).toBe(0);
    const { services } = harness;
    await execute(services, OLGA, requestErasure, { customer, reason: 'by letter' });
    const input = { customer, requestedBy: 'olga', reason: 'article 17' };
    await execute(services, CARLA, eraseCustomer, input);
    expect(await tablesWith(services.db, customer)).toEqual([]);
    expect(await disagreements(services.db)).toEqual([]);
  });

  it('takes whom a batch was for, when it was released and handed over', async () => {
    const erased = await retainWith({ batches: days(1) });
    expect(erased.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'batches'));
    const open = await harness.batchOf(at(5));
    expect(await count('recipient where batch_id <> $1', open.id)).toBe(0);
    expect(await count('released_recipient')).toBe(0);
    expect(await count('sample_item where batch_id <> $1', open.id)).toBe(0);
    expect(await count('recipient')).toBe(26);
    expect(await disagreements(harness.services.db)).toEqual([]);
  });

  it('takes no record of a run whose batch waits, however old', async () => {
    await retainWith({ snapshots: days(1), decisions: days(1) });
    expect(await count(table('snapshot_row', at(4)))).toBe(0);
    expect(await count(table('snapshot_row', at(5)))).toBe(40);
    expect(await count(table('decision', at(5)))).toBe(40);
  });

  it('takes contacts, conversions and ended stays on the quiet list; never an opt-out', async () => {
    const { services } = harness;
    const customer = 'long-gone-x';
    const protect = { customer, campaign: SMALL };
    const until = '2026-11-20';
    await execute(services, OLGA, addToQuietList, { ...protect, until, reason: 'on holiday' });
    await execute(services, OLGA, recordOptOut, { customer: 'no-mail-x', note: 'by phone' });
    harness.now = new Date('2027-01-16T09:00:00Z');
    await retainWith({ contacts: days(100) });
    const firstKept = addDays('2027-01-16', -100);
    expect(await count('contact where sent_on < $1', firstKept)).toBe(0);
    expect(await count('contact')).toBe(0);
    expect(await count('conversion where converted_on < $1', firstKept)).toBe(0);
    expect(await count('quiet_list')).toBe(1);
    harness.now = new Date('2027-11-16T09:00:00Z');
    await retainWith({ contacts: days(100) });
    // With the last of what was known goes the secret of the name.
    expect(await tablesWith(services.db, customer)).toEqual([]);
    expect(await tablesWith(services.db, 'no-mail-x')).toEqual([
      'public.customer_pseudonym',
      'public.opt_out',
    ]);
  });

  it('by several processes at once happens once', async () => {
    const week = addWeeks('2026-W40', 2);
    harness.now = new Date('2026-11-16T09:00:00Z');
    await deliver(harness, { week, customers: customers(40, (n) => ({ party_id: `${week}-c${n}-x` })) });
    const run = await harness.run(SMALL, week);
    await harness.release(run);
    const all = Object.fromEntries(RETAINED_KINDS.map((kind) => [kind, days(1)]));
    const erased = (await Promise.all([1, 2, 3].map(() => retainWith(all)))).flat();
    const owned = erased.flatMap(({ kind, owner }) => (owner === null ? [] : [`${kind} ${owner}`]));
    expect(new Set(owned).size).toBe(owned.length);
    expect(owned).toContain(`snapshots ${run.id}`);
    expect(await disagreements(harness.services.db)).toEqual([]);
    const entries = await auditEntries(harness.services.db);
    const recorded = entries.filter(({ action }) => action === 'retention.erase').length;
    expect(recorded).toBe(await count('erasure where tombstone is null'));
  });

  it('gives up on a run that somebody reads, and goes on with it the next time', async () => {
    const week = addWeeks('2026-W40', 4);
    await deliver(harness, { week, customers: customers(40, (n) => ({ party_id: `${week}-c${n}-x` })) });
    const run = await harness.run(SMALL, week);
    await harness.release(run);
    const reader = new pg.Client({ connectionString: harness.database.ownerUrl });
    await reader.connect();
    await reader.query('begin');
    await reader.query(`select from ${table('snapshot_row', run)} limit 1`);
    const waiting = retain({
      ...harness.services,
      retention: keeping({ snapshots: days(1), decisions: days(1) }),
    });
    await expect(waiting).rejects.toThrow(AggregateError);
    expect(await count(table('decision', run))).toBe(0);
    await reader.end();
    await retainWith({ snapshots: days(1) });
    expect(await count(table('snapshot_row', run))).toBe(0);
  }, 30_000);
});
