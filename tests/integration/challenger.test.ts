import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OnnxScorer } from '../../src/adapters/scorer/onnx-scorer.ts';
import { type Scorer, ScoringError } from '../../src/domain/ports.ts';
import type { IsoWeek } from '../../src/domain/week.ts';
import { challengersOf } from '../../src/store/challenger.reads.ts';
import { DataUseRow } from '../../src/store/data-use.row.ts';
import type { ModelVersionRow } from '../../src/store/model-version.row.ts';
import { RunRow } from '../../src/store/run.row.ts';
import { partitionOf } from '../../src/store/snapshot.store.ts';
import { clearChallenger, setChallenger } from '../../src/use-cases/challenger.ts';
import { declareDataUse, signOffDataUse, withdrawDataUse } from '../../src/use-cases/data-uses.ts';
import { rejectBatch } from '../../src/use-cases/decide-batch.ts';
import { eraseCustomer, requestErasure } from '../../src/use-cases/erase-customer.ts';
import { type Command, execute } from '../../src/use-cases/execute.ts';
import { recordOptOut } from '../../src/use-cases/protect-customer.ts';
import { reproduceRun } from '../../src/use-cases/reproduce-run.ts';
import { retain } from '../../src/use-cases/retain.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { ApiService } from '../support/api-service.ts';
import { auditEntries } from '../support/audit-entries.ts';
import { CARLA, MARK, OLGA, person, type ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL, type SmallCustomer } from '../support/small-campaign.ts';
import { approveSmall, registerSmall } from '../support/small-models.ts';
import { linearModel } from '../support/small-onnx.ts';
import { faultAfter, faultOf } from '../support/small-record.ts';

const OTTO = person('otto', 'OPERATOR');
const INVERSE = linearModel(-1, 1);

/** The first feature of every row that the challenger was asked to score. */
const seen: number[] = [];
/** Whether the challenger breaks when it is to score. */
let broken = false;
/** What happens while the challenger scores. */
let meanwhile: () => Promise<unknown> = async () => {};
const real = new OnnxScorer();
const scorer: Scorer = {
  async open(spec) {
    const session = await real.open(spec);
    if (Buffer.compare(spec.model, INVERSE) !== 0) return session;
    return {
      runtime: session.runtime,
      async score(matrix, rows) {
        for (let row = 0; row < rows; row++) seen.push(matrix[row * spec.features.length] ?? Number.NaN);
        if (broken) throw new ScoringError('the model process ended with code 134');
        await meanwhile();
        return session.score(matrix, rows);
      },
      explain: (reference, rows) => session.explain(reference, rows),
      cuts: (reference) => session.cuts(reference),
      judge: (material, limits) => session.judge(material, limits),
      close: () => session.close(),
    };
  },
};

let service: ApiService;
let harness: ServiceHarness;
let model: ModelVersionRow;
const act = <I, R>(command: Command<I, R>, input: I, caller = OTTO) => {
  harness.now = new Date(harness.now.getTime() + 60_000);
  return execute(harness.services, caller, command, input);
};
const query = (sql: string, parameters: unknown[] = []) => harness.services.db.query(sql, parameters);
const challengerOf = async ({ id }: RunRow) => (await challengersOf(harness.services.db.manager, [id]))[0];
const checkOf = async ({ id }: RunRow) =>
  (
    await query(
      `select verdict, measured, message from run_check where run_id = $1 and name = 'CHALLENGER'`,
      [id],
    )
  )[0];

/** Scores n/40; every fifth is barred, in a way of its own. */
const BARRED: readonly Partial<SmallCustomer>[] = [
  { opt_in: false },
  { opted_out: true },
  { deceased: true },
  { age: 12 },
  { opt_in: null },
];
const people = customers(30, (n) => ({ likely: n / 40, ...(n % 5 === 0 ? BARRED[n / 5 - 1] : {}) }));
const barred = people.filter((_, i) => (i + 1) % 5 === 0 && i < 25);
const run = async (week: IsoWeek) => {
  await deliver(harness, { week, customers: people });
  return harness.run(SMALL, week);
};

let first: RunRow;
beforeAll(async () => {
  service = await ApiService.start({ scorer });
  harness = service.harness;
  harness.now = new Date('2026-11-01T09:00:00Z');
  await installSmall(harness, { capacity: 8, holdoutShare: 0.3, explorationSize: 3, threshold: 0.3 });
  await act(recordOptOut, { customer: 'c7', note: 'called' }, OLGA);
  model = await registerSmall(harness, 'inverse', {
    model: INVERSE,
    card: (yaml) => yaml.replace('direction: 1', 'direction: -1'),
  });
  await approveSmall(harness, model);
  await act(setChallenger, { modelId: model.id });
  seen.length = 0;
  harness.now = new Date('2026-11-02T09:00:00Z');
  first = await run('2026-W40');
});
afterAll(() => service?.stop());

describe('a challenger', () => {
  it('scores whom the run scored and nobody else', async () => {
    const scored: { customer: string; row_no: number; score: number }[] = await query(
      `select customer, row_no, score from ${partitionOf('decision', first.id)} where score is not null order by row_no`,
    );
    const shadow: { customer: string; row_no: number; score: number; rank: number }[] = await query(
      `select customer, row_no, score, rank from ${partitionOf('challenger_decision', first.id)} order by place`,
    );
    expect(scored.length).toBeGreaterThan(15);
    expect(shadow.map(({ customer, row_no }) => [customer, row_no])).toEqual(
      scored.map(({ customer, row_no }) => [customer, row_no]),
    );
    for (const [at, { score }] of shadow.entries())
      expect(score).toBeCloseTo(1 - (scored[at]?.score ?? 0), 6);
    const byRank = shadow.toSorted((a, b) => a.rank - b.rank);
    expect(byRank.map(({ rank }) => rank)).toEqual(shadow.map((_, i) => i + 1));
    expect(byRank.every(({ score }, i) => i === 0 || (byRank[i - 1]?.score ?? 0) >= score)).toBe(true);
  });

  it('leaves no score of anyone who objected or never opted in, anywhere', async () => {
    const out = [...barred.map(({ party_id }) => party_id), 'c7'];
    expect(out).toHaveLength(6);
    const rows = `select customer from challenger_decision where customer = any ($1)
      union all select customer from decision where score is not null and customer = any ($1)
      union all select customer from recipient where customer = any ($1)
      union all select customer from explanation where customer = any ($1)`;
    expect(await query(rows, [out])).toEqual([]);
    const likely = people
      .filter(({ party_id }) => out.includes(party_id))
      .map((one) => Math.fround(one.likely ?? 0));
    expect(seen.length).toBeGreaterThan(15);
    expect(seen.filter((value) => likely.includes(value))).toEqual([]);
  });

  it('changes nothing of the run: it is reproduced without it', async () => {
    expect(first).toMatchObject({ status: 'AWAITING_REVIEW', step: 'DONE' });
    const reproduction = await act(reproduceRun, { runId: first.id }, OLGA);
    expect(reproduction.verdict).toBe('IDENTICAL');
    const mailed = await query(`select customer from recipient order by customer`);
    const chosen = await query(
      `select customer from ${partitionOf('decision', first.id)} where outcome = 0 order by customer`,
    );
    expect(mailed).toEqual(chosen);
  });

  it('is compared with the live model, in counts', async () => {
    const came = await challengerOf(first);
    const [live] = await query('select above_threshold, scored from run_funnel where run_id = $1', [
      first.id,
    ]);
    expect(came).toMatchObject({ modelId: model.id, outcome: 'SCORED', reason: null, scored: live.scored });
    const { summary } = came ?? {};
    expect(summary).toMatchObject({
      eligible: live.scored,
      incomplete: 0,
      chosenByChallenger: 8,
      chosenByLive: 8,
    });
    expect(summary?.rankCorrelation).toBeCloseTo(-1, 12);
    expect(summary?.scores.reduce((sum, count) => sum + count, 0)).toBe(live.scored);
    expect(summary?.wouldMail).toBeLessThanOrEqual(8);
    expect(await checkOf(first)).toMatchObject({ verdict: 'PASS' });
  });

  it('is in the log with the root of its decisions, and the walk holds the rows against it', async () => {
    const came = await challengerOf(first);
    const [entry] = (await auditEntries(harness.services.db)).filter(
      ({ action }) => action === 'run.challenge',
    );
    expect(entry).toMatchObject({ subject: first.id, digest: came?.root, details: { outcome: 'SCORED' } });
    expect(await faultOf(harness)).toBeNull();
  });

  it('is read by whoever may read decisions, and each reading is recorded', async () => {
    const ask = `{ run(campaign: "${SMALL}", week: "2026-W40") { challenger { outcome scored root model { version } comparison
      { wouldMail chosenByBoth agreement scores { from to challenger live } } } } campaign(key: "${SMALL}") { challenger { version } } }`;
    const { run: answer, campaign } = await service.get('mark', ask);
    expect(answer.challenger).toMatchObject({ outcome: 'SCORED', model: { version: 'inverse' } });
    expect(answer.challenger.comparison.scores).toHaveLength(15);
    expect(campaign.challenger).toEqual({ version: 'inverse' });
    const decisions = `{ decisions(campaign: "${SMALL}", week: "2026-W40") { nodes { customer score challenger { score rank chosen } } } }`;
    const { nodes } = (await service.get('carla', decisions)).decisions;
    for (const { score, challenger } of nodes) expect(challenger === null).toBe(score === null);
    const reads = (await auditEntries(harness.services.db)).filter(
      ({ action }) => action === 'decision.challenger',
    );
    expect(reads).toHaveLength(1);
    expect(reads[0]).toMatchObject({ actor: 'carla', subject: first.id, details: { week: '2026-W40' } });
    expect(await service.refusal('mark', decisions)).toBe('FORBIDDEN customer.read');
    const told = `{ explanation(campaign: "${SMALL}", week: "2026-W40", customer: "c29", audience: CUSTOMER) { decision { challenger { score } } } }`;
    const { data, errors } = await service.ask('cees', told);
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      rule: 'explanation.readInternal',
    });
    expect(JSON.stringify(data)).not.toContain('"score"');
  });
});

describe('a challenger that may not or cannot score', () => {
  it('fails by itself: the run goes on and says so', async () => {
    broken = true;
    const failed = await run('2026-W41').finally(() => {
      broken = false;
    });
    expect(failed.status).toBe('AWAITING_REVIEW');
    const reason = 'the model process ended with code 134';
    expect(await challengerOf(failed)).toMatchObject({ outcome: 'FAILED', reason, scored: 0, root: null });
    expect(await checkOf(failed)).toMatchObject({ verdict: 'WARN', message: reason });
  });

  it('scores no more once it was cleared, even in a run under way', async () => {
    await deliver(harness, { week: '2026-W42', customers: people });
    const { run: begun } = await act(startRun, { campaign: SMALL, week: '2026-W42', trigger: 'MANUAL' });
    await act(clearChallenger, { modelId: model.id, note: 'seen enough' });
    seen.length = 0;
    const ended = await runWeek(harness.services, begun.id);
    expect(ended.status).toBe('AWAITING_REVIEW');
    expect(await challengerOf(ended)).toMatchObject({ outcome: 'SKIPPED' });
    expect(seen).toEqual([]);
    expect(await challengerOf(await run('2026-W43'))).toBeUndefined();
    await act(setChallenger, { modelId: model.id });
  });

  it('leaves nothing of a run in which it was cleared while it scored', async () => {
    meanwhile = () => act(clearChallenger, { modelId: model.id, note: 'seen enough' });
    const ended = await run('2026-W38').finally(() => {
      meanwhile = async () => {};
    });
    expect(ended.status).toBe('AWAITING_REVIEW');
    expect(await challengerOf(ended)).toMatchObject({ outcome: 'SKIPPED', scored: 0, root: null });
    expect(await query('select from challenger_decision where run_id = $1', [ended.id])).toEqual([]);
    await act(setChallenger, { modelId: model.id });
  });

  it('is left out while its data use is withdrawn, and takes those along who lack nothing that it needs', async () => {
    const card = (yaml: string) =>
      yaml
        .replace('direction: 1', 'direction: -1')
        .replace('recipe: { column: age }', 'recipe: { ratio: [likely, is_private] }')
        .replace('recipe: { column: likely }', 'recipe: { relativeChange: [likely, likely] }');
    const other = await registerSmall(harness, 'more', { model: INVERSE, card });
    await approveSmall(harness, other);
    const declared = {
      columns: ['is_private'],
      source: 's',
      purpose: 'p',
      legalBasis: 'l',
      validUntil: '2035-01-01',
    };
    const use = await act(declareDataUse, { campaign: SMALL, ...declared });
    await expect(act(setChallenger, { modelId: other.id })).rejects.toMatchObject({
      refusal: { rule: 'DATA_USE' },
    });
    await act(signOffDataUse, { id: use.id, note: null }, CARLA);
    await act(setChallenger, { modelId: other.id });
    await deliver(harness, {
      week: '2026-W44',
      customers: people.map((one, i) => (i < 3 ? { ...one, likely: 0 } : one)),
    });
    const scored = await harness.run(SMALL, '2026-W44');
    expect(await challengerOf(scored)).toMatchObject({ outcome: 'SCORED', summary: { incomplete: 3 } });
    const { id } = await harness.services.db.manager.findOneByOrFail(DataUseRow, { id: use.id });
    await act(withdrawDataUse, { id, note: 'no more' }, CARLA);
    seen.length = 0;
    const skipped = await run('2026-W39');
    expect(skipped.status).toBe('AWAITING_REVIEW');
    const message = 'No data use in force covers is_private; a compliance reviewer must sign it off.';
    expect(await challengerOf(skipped)).toMatchObject({ outcome: 'SKIPPED', reason: message });
    expect(await checkOf(skipped)).toMatchObject({ verdict: 'WARN', message });
    expect(seen).toEqual([]);
    expect(await faultOf(harness)).toBeNull();
  });
});

describe('the record of a challenger', () => {
  const rows = () => partitionOf('challenger_decision', first.id);
  const harmed = (table: string, statement: string) => faultAfter(harness, table, statement);

  it('keeps its digests when a customer is erased', async () => {
    for (const run of await harness.services.db.manager.findBy(RunRow, { status: 'AWAITING_REVIEW' })) {
      const batchId = await harness.submit(run);
      await act(rejectBatch, { batchId, note: 'a test' }, MARK);
    }
    const who = { customer: 'c11', reason: 'article 17' };
    await act(requestErasure, who, OLGA);
    await act(eraseCustomer, { ...who, requestedBy: 'olga' }, CARLA);
    expect(await query(`select from challenger_decision where customer = 'c11'`)).toEqual([]);
    const [{ erased }] = await query(
      `select count(*)::int as erased from erased_row where kind = 'challenger'`,
    );
    expect(erased).toBe(2);
    expect(await faultOf(harness)).toBeNull();
  });

  it('names the row that was altered, taken away or put back', async () => {
    const [{ place }] = await query(`select place from ${rows()} where customer = 'c12'`);
    const table = 'challenger_decision';
    const c12 = `where customer = 'c12'`;
    for (const change of ['score = 0.99', 'chosen = not chosen', 'rank = rank + 1', `salt = '\\x00'`])
      expect(await harmed(rows(), `update ${rows()} set ${change} ${c12}`)).toMatchObject({
        table,
        rule: 'DIGEST',
        row: place,
      });
    expect(await harmed(rows(), `delete from ${rows()} ${c12}`)).toMatchObject({
      rule: 'MISSING',
      row: place,
    });
    // A copy that lies before the row is met as the row, and the row as what stands twice.
    for (const order of ['asc', 'desc']) {
      const twice = `with one as (delete from ${rows()} ${c12} returning *) insert into ${rows()}
        select run_id, place, row_no, name, salt, score, rank, chosen, leaf
        from one, (values ('c12'), ('x')) as two (name) order by name ${order}`;
      expect(await harmed(rows(), twice)).toMatchObject({ table, rule: 'TWICE', row: place });
    }
    const counted = `update run_challenger set scored = scored + 1 where outcome = 'SCORED'`;
    expect(await harmed('run_challenger', counted)).toMatchObject({ field: 'scored', rule: 'DIFFERS' });
    const said = `update run_challenger set summary = summary || '{"wouldMail": 999}' where outcome = 'SCORED'`;
    expect(await harmed('run_challenger', said)).toMatchObject({ field: 'summary', rule: 'DIFFERS' });
    const opened = `create table challenger_decision_0 partition of challenger_decision for values in ('00000000-0000-4000-8000-000000000000')`;
    expect(await harmed(table, opened)).not.toBeNull();
  });

  it('goes with the decisions of the run when their period has passed', async () => {
    harness.now = new Date('2032-01-01T09:00:00Z');
    await retain(harness.services);
    expect(await query('select from challenger_decision')).toEqual([]);
    expect(await faultOf(harness)).toBeNull();
    const back = `insert into ${rows()} values ('${first.id}', 0, 0, 'c1', '\\x00', 0.5, 1, true, '\\x00')`;
    expect(await harmed(rows(), back)).toMatchObject({ table: 'challenger_decision' });
  });
});
