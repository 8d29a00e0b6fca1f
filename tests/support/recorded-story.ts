import { createHash } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBank } from '../../src/demo/bank.ts';
import { writeFeed } from '../../src/demo/bank-feed.ts';
import type { Ids, Randomness } from '../../src/domain/ports.ts';
import { addDays, type IsoWeek, sundayOf } from '../../src/domain/week.ts';
import { decisionsToShow } from '../../src/store/decision.reads.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { holdBatch, liftHold, rejectBatch } from '../../src/use-cases/decide-batch.ts';
import { eraseCustomer, requestErasure } from '../../src/use-cases/erase-customer.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { activateModel, approveModel } from '../../src/use-cases/model-lifecycle.ts';
import { addToQuietList, recordOptOut } from '../../src/use-cases/protect-customer.ts';
import { readExplanation } from '../../src/use-cases/read-explanation.ts';
import { reproduceRun } from '../../src/use-cases/reproduce-run.ts';
import { removeFromBatch } from '../../src/use-cases/review-batch.ts';
import { FLOAT, onnxFile, tensor } from './onnx-builder.ts';
import { registerJudged } from './registered-model.ts';
import { CARLA, MARK, OLGA, type ServiceHarness } from './service-harness.ts';
import {
  customers,
  deliver,
  SMALL,
  type SmallFeed,
  smallDefinition,
  writeSmallCampaign,
} from './small-campaign.ts';
import { sequenceAll } from './small-record.ts';

const ROOT = join(import.meta.dirname, '../..');
const SHIPPED = 'investing-retail';

/** Ids and randomness that are the same every time. */
export function countedIds(): Ids {
  let count = 0;
  return { next: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}` };
}

export function countedRandomness(): Randomness {
  let count = 0;
  return {
    bytes: (length) => {
      const blocks = Array.from({ length: Math.ceil(length / 32) }, () =>
        createHash('sha256').update(`${++count}`).digest(),
      );
      return Buffer.concat(blocks).subarray(0, length);
    },
  };
}

/**
 * Weeks of two campaigns with all that can come on record in them: a batch that was released and one that was rejected and run
 * anew, a week that halted before and one that halted after deciding, a feature that was held at a value until a date, a change of
 * models, a removal, a hold, an objection, erased customers, explanations, a reproduction.
 */
export async function tellStory(harness: ServiceHarness): Promise<void> {
  await installSmall(harness);
  await inWeek(harness, '2026-W40', { customers: people() });
  const first = await harness.run(SMALL, '2026-W40');
  await harness.release(first);
  const { services } = harness;
  await execute(services, OLGA, recordOptOut, { customer: 'c3', note: 'said so on the phone' });
  const until = { campaign: SMALL, customer: 'c4', until: '2035-01-01', reason: 'a complaint' };
  await execute(services, OLGA, addToQuietList, until);

  await inWeek(harness, '2026-W41', { customers: people() });
  const rejected = await harness.submit(await harness.run(SMALL, '2026-W41'));
  await execute(services, MARK, rejectBatch, { batchId: rejected, note: 'not these people' });
  await harness.release(await harness.run(SMALL, '2026-W41'));

  await secondModel(harness);
  await inWeek(harness, '2026-W42', { customers: people() });
  await harness.release(await harness.run(SMALL, '2026-W42'));
  await inWeek(harness, '2026-W43', { customers: people(), market: -0.3 });
  await harness.run(SMALL, '2026-W43');
  await inWeek(harness, '2026-W44', { customers: customers(90, (n) => ({ likely: 0.6 + n / 300 })) });
  await harness.run(SMALL, '2026-W44');

  for (const customer of ['c40', 'c7', 'c55']) {
    await execute(services, OLGA, requestErasure, { customer, reason: 'asked to be forgotten' });
    await execute(services, CARLA, eraseCustomer, { customer, requestedBy: 'olga', reason: 'so asked' });
  }
  await inWeek(harness, '2026-W45', { customers: people().slice(10, 35) });
  const reviewed = await harness.run(SMALL, '2026-W45');
  await review(harness, reviewed);
  await shippedWeek(harness, '2026-W46');
  await explainSome(harness, first);
  await execute(services, CARLA, reproduceRun, { runId: first.id });
  await sequenceAll(harness);
}

/** Sixty people of whom some may not be mailed, with scores over the whole range and some that are the same. */
function people() {
  return customers(60, (n) => ({
    likely: ((n * 7) % 20) / 20,
    age: 18 + n,
    opt_in: n % 9 !== 0,
    deceased: n % 23 === 0,
    region: n % 2 === 0 ? 'south' : 'north',
  }));
}

async function installSmall(harness: ServiceHarness): Promise<void> {
  harness.now = new Date('2026-09-21T09:00:00Z');
  const { campaign, model } = await writeSmallCampaign(harness.folder);
  const held = {
    feature: 'age',
    value: 50,
    reason: 'ages of the new branch came wrong',
    expires: '2026-10-20',
  };
  await harness.install(campaign, model, () =>
    smallDefinition({
      capacity: 15,
      holdoutShare: 0.2,
      explorationSize: 4,
      volumeMax: 60,
      marketWeekBand: { min: -0.1, max: 0.1 },
      restWeeks: 2,
      overrides: [held],
    }),
  );
}

/** Delivers a week's feed; it is the Monday after, and what was done before is in the log. */
async function inWeek(harness: ServiceHarness, week: IsoWeek, feed: Omit<SmallFeed, 'week'>): Promise<void> {
  await sequenceAll(harness);
  harness.now = new Date(`${addDays(sundayOf(week), 1)}T09:00:00Z`);
  await deliver(harness, { week, ...feed });
}

/** A model that looks at the age too. */
async function secondModel(harness: ServiceHarness): Promise<void> {
  const { services, folder } = harness;
  const [first, second] = [join(folder, 'small-model'), join(folder, 'small-model-2')];
  await cp(first, second, { recursive: true });
  const card = await readFile(join(first, 'card.yaml'), 'utf8');
  const changed = card.replace('version: "1"', 'version: "2"').replace('direction: 0', 'direction: 1');
  await writeFile(join(second, 'card.yaml'), changed);
  const model = onnxFile({
    nodes: [
      { op: 'MatMul', inputs: ['x', 'weights'], outputs: ['sum'] },
      { op: 'Clip', inputs: ['sum', 'zero', 'one'], outputs: ['p'] },
    ],
    inputs: [{ name: 'x', dims: [null, 2] }],
    outputs: [{ name: 'p', dims: [null, 1] }],
    initializers: [
      tensor('weights', FLOAT, [2, 1], [0.8, 0.003]),
      tensor('zero', FLOAT, [], [0]),
      tensor('one', FLOAT, [], [1]),
    ],
  });
  await writeFile(join(second, 'model.onnx'), model);
  const read = () => services.packages.fromFolder(second);
  const { id: modelId, gates } = await registerJudged(services, OLGA, { campaign: SMALL, read });
  const acceptances = gates.map(({ name }) => ({ gate: name, reason: 'judged acceptable' }));
  await execute(services, CARLA, approveModel, { modelId, acceptances, note: null });
  await execute(services, OLGA, activateModel, { modelId });
}

async function review(harness: ServiceHarness, run: RunRow): Promise<void> {
  const { services } = harness;
  const { id: batchId } = await harness.batchOf(run);
  const [first]: { customer: string }[] = await services.db.query(
    'select customer from recipient where batch_id = $1 order by row_no limit 1',
    [batchId],
  );
  const customer = first?.customer ?? '';
  await execute(services, OLGA, removeFromBatch, { batchId, customer, note: 'a colleague' });
  await execute(services, CARLA, holdBatch, { batchId, note: 'a question' });
  await execute(services, CARLA, liftHold, { batchId, note: 'answered' });
}

/** A week of the campaign that ships, with its model of trees. */
async function shippedWeek(harness: ServiceHarness, week: IsoWeek): Promise<void> {
  await sequenceAll(harness);
  harness.now = new Date(`${addDays(sundayOf(week), 1)}T09:00:00Z`);
  const model = join(harness.folder, 'shipped-model');
  await cp(join(ROOT, 'models/investing-retail-1'), model, { recursive: true });
  await thinOut(join(model, 'training.csv'));
  await harness.install(join(ROOT, 'campaigns', SHIPPED), model, (definition) => ({
    ...definition,
    config: { ...definition.config, threshold: 0.02, capacity: 15, explorationSize: 4 },
  }));
  const bank = createBank({ seed: 1, customers: 300, lastWeek: week, weeks: 1, crashWeek: null });
  await writeFeed(bank, week, join(harness.folder, 'inbox'));
  await harness.release(await harness.run(SHIPPED, week));
}

/** Every twentieth row of a table: enough for the gates. */
async function thinOut(file: string): Promise<void> {
  const [head, ...rows] = (await readFile(file, 'utf8')).trimEnd().split('\n');
  await writeFile(file, `${[head, ...rows.filter((_, place) => place % 20 === 0)].join('\n')}\n`);
}

/** Explanations that somebody asked for, of decisions that the run did not explain. */
async function explainSome({ services }: ServiceHarness, run: RunRow): Promise<void> {
  const rest: { customer: string }[] = await services.db.query(
    `select distinct on (outcome) customer from decision where run_id = $1 and customer <> all ($2) order by outcome, row_no`,
    [run.id, ['c40', 'c7', 'c55']],
  );
  const shown = await decisionsToShow(services.db, run.id);
  for (const { customer } of [...rest, ...shown]) {
    const asked = {
      campaign: run.campaign,
      week: run.week,
      customer,
      audience: 'INTERNAL',
      language: 'en',
    } as const;
    await readExplanation(services, CARLA, asked);
  }
}
