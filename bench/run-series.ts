/**
 * All weeks of a folder of feeds, one after the other as they would have been run: a line a week, each week's record checked
 * by the rules that every run must keep, the scores compared with those of the model builder, batches reviewed and released. When
 * all are done each week that decided is reproduced, and must be identical. Exit status 1 on any difference. `npm run bench:series [-- SHARED]`; SHARED is the folder of reference material.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readCampaign } from '../src/adapters/package/campaign-file.ts';
import { BatchRow } from '../src/store/batch.row.ts';
import type { RunRow } from '../src/store/run.row.ts';
import { SampleItemRow } from '../src/store/sample-item.row.ts';
import { approveBatch } from '../src/use-cases/decide-batch.ts';
import { execute } from '../src/use-cases/execute.ts';
import { handOffReleased } from '../src/use-cases/hand-off.ts';
import { releaseBatch } from '../src/use-cases/release-batch.ts';
import { reproduceRun } from '../src/use-cases/reproduce-run.ts';
import { reviewSample } from '../src/use-cases/review-batch.ts';
import { runWeek } from '../src/use-cases/run-week.ts';
import { startRun } from '../src/use-cases/start-run.ts';
import { submitBatch } from '../src/use-cases/submit-batch.ts';
import { PACKAGE_ROOT } from '../src/version.ts';
import { faultsOf, type RunRecord, readRecord } from '../tests/support/run-record.ts';
import { MARKETEER, OPERATOR, openBench } from './support/bench-campaign.ts';
import { benchFolder } from './support/bench-folder.ts';

const TOLERANCE = 1e-6;
/** The crash of October 2008: nobody sails on the model in it. */
const CRASH = '2008-W41';

interface Expected {
  readonly rows: readonly {
    readonly week: string;
    readonly party_id: string;
    readonly probability: number;
  }[];
}

const shared = realpathSync(process.argv[2] ?? join(PACKAGE_ROOT, '../shared'));
const model = join(shared, 'models/uci-boosted-2');
const expected: Expected = JSON.parse(readFileSync(join(model, 'expected.json'), 'utf8'));
const folder = benchFolder();
const definition = readCampaign(readFileSync(join(shared, 'campaigns/term-deposit/campaign.yaml'), 'utf8'));
const app = await openBench(folder, definition, model);
const { services } = app;
const faults: string[] = [];
const decided: RunRow[] = [];
const totals = { weeks: 0, halted: 0, rows: 0, eligible: 0, mailed: 0, heldOut: 0, compared: 0, worst: 0 };
const began = performance.now();
try {
  execFileSync(process.execPath, [join(shared, 'tools/make-feeds.mjs'), app.settings.inboxDir]);
  console.log('week        rows eligible  above mailed held out  seconds  status');
  for (const week of await services.feeds.weeks(definition.key)) await oneWeek(week);
  console.log('\nweek    compared  seconds  verdict');
  for (const run of decided) await reproduce(run);
} finally {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
}
const seconds = (performance.now() - began) / 1000;
console.log(
  `\n${totals.weeks} weeks in ${seconds.toFixed(1)} s, ${totals.halted} of them halted; ${totals.rows} customers, ${totals.eligible} eligible, ` +
    `${totals.mailed} mailed, ${totals.heldOut} held out; ${totals.compared} of ${expected.rows.length} scores compared, the largest difference ${totals.worst.toExponential(1)}`,
);
if (totals.compared === 0) faults.push('no score was compared');
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;

async function oneWeek(week: string): Promise<void> {
  const start = performance.now();
  const { run } = await execute(services, OPERATOR, startRun, {
    campaign: definition.key,
    week,
    trigger: 'MANUAL',
  });
  const ended = await runWeek(services, run.id);
  const spent = (performance.now() - start) / 1000;
  const record = ended.manifest === null ? null : await readRecord(services.db, run.id);
  if (record !== null) check(record);
  if (record !== null) decided.push(ended);
  if (ended.status === 'AWAITING_REVIEW') await release(ended);
  const halting = await haltingChecks(ended);
  if (week === CRASH && !(ended.manifest === null && halting.includes('MARKET_BAND'))) {
    faults.push(`${week} did not halt on MARKET_BAND before scoring`);
  }
  totals.weeks++;
  if (ended.status === 'HALTED') totals.halted++;
  const cell = (value: number | undefined, width: number) => String(value ?? '–').padStart(width);
  const funnel = record?.funnel;
  console.log(
    `${week}${cell(ended.snapshotRows ?? undefined, 8)}${cell(funnel?.eligible, 9)}${cell(funnel?.aboveThreshold, 7)}` +
      `${cell(funnel?.mailed, 7)}${cell(funnel?.heldOut, 9)}${spent.toFixed(2).padStart(9)}  ${ended.status} ${halting.join(' ')}`,
  );
}

/** Executes a week once more, now that all that came after it is on record too. */
async function reproduce(run: RunRow): Promise<void> {
  const start = performance.now();
  const {
    verdict,
    compared,
    faults: found,
  } = await execute(services, OPERATOR, reproduceRun, { runId: run.id });
  const spent = (performance.now() - start) / 1000;
  console.log(
    `${run.week}${String(compared).padStart(8)}${spent.toFixed(2).padStart(9)}  ${verdict} ${found.join('; ')}`,
  );
  if (verdict !== 'IDENTICAL') faults.push(`${run.week} did not reproduce: ${verdict}`);
}

function check(record: RunRecord): void {
  faults.push(...faultsOf(record));
  const { run, funnel, decisions } = record;
  totals.rows += funnel.considered;
  totals.eligible += funnel.eligible;
  totals.mailed += funnel.mailed;
  totals.heldOut += funnel.heldOut;
  const byCustomer = new Map(decisions.map((decision) => [decision.customer, decision]));
  for (const { week, party_id, probability } of expected.rows) {
    if (week !== run.week) continue;
    const decision = byCustomer.get(party_id);
    if (decision === undefined) faults.push(`${week}: a customer of expected.json has no decision`);
    if (decision === undefined || decision.score === null) continue;
    const difference = Math.abs(decision.score - probability);
    totals.compared++;
    totals.worst = Math.max(totals.worst, difference);
    if (!(difference < TOLERANCE)) faults.push(`${week}: a score differs by ${difference}`);
  }
}

async function release(run: RunRow): Promise<void> {
  const { id: batchId } = await services.db.manager.findOneByOrFail(BatchRow, { runId: run.id });
  for (const { customer } of await services.db.manager.findBy(SampleItemRow, { batchId })) {
    await execute(services, OPERATOR, reviewSample, { batchId, customer, verdict: 'FINE', note: null });
  }
  await execute(services, OPERATOR, submitBatch, { batchId });
  await execute(services, MARKETEER, approveBatch, { batchId });
  await execute(services, OPERATOR, releaseBatch, { batchId });
  await handOffReleased(services);
}

async function haltingChecks(run: RunRow): Promise<readonly string[]> {
  const rows: { name: string }[] = await services.db.query(
    `select distinct name from run_check where run_id = $1 and verdict = 'HALT' order by name`,
    [run.id],
  );
  return rows.map(({ name }) => name);
}
