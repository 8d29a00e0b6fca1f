/**
 * One round of `bench/weekly-run.ts`: a process of its own, because the peak of a process's memory is told of its whole life, on a
 * new server.
 */
import { rmSync } from 'node:fs';
import pg from 'pg';
import { compileFeatures } from '../../src/domain/feature.ts';
import { layoutOf } from '../../src/domain/feed-contract.ts';
import { ownerUrl } from '../../src/store/data-source.ts';
import { fundPrices } from '../../src/store/fund-price.store.ts';
import { modelFile } from '../../src/store/model.store.ts';
import { ModelVersionRow } from '../../src/store/model-version.row.ts';
import { partitionOf, readSnapshot } from '../../src/store/snapshot.store.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { reproduceRun } from '../../src/use-cases/reproduce-run.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { benchCampaign, OPERATOR, openBench } from './bench-campaign.ts';
import { writeBenchFeed } from './bench-feed.ts';
import { benchFolder } from './bench-folder.ts';
import { type Floor, measureFloor, tableBytes } from './floor.ts';
import { peakMemory, watchChildren } from './peak-memory.ts';

const WEEK = '2026-W20';
const customers = Number(process.argv[2]);

/** What a round says to the process that started it: seconds of the run, and of its floor. */
export interface Round {
  readonly seconds: number;
  readonly floor: Floor;
}

const folder = benchFolder();
const app = await openBench(folder);
const { services, settings, databaseUrl } = app;
const campaign = benchCampaign();
const owner = new pg.Client({ connectionString: ownerUrl(databaseUrl) });
await owner.connect();
const show = (label: string, seconds: number) =>
  console.log(`${label.padEnd(34)}${seconds.toFixed(2).padStart(8)} s`);
try {
  const size = await writeBenchFeed(settings.inboxDir, campaign.key, WEEK, campaign.feed, customers);
  console.log(
    `${customers.toLocaleString('en')} customers × ${campaign.feed.columns.length} columns, ${(size / 2 ** 20).toFixed(0)} MiB of CSV`,
  );
  const children = watchChildren();
  const { runId, seconds } = await timedRun(WEEK);
  console.log(
    `peak memory${peakMemory('self').toFixed(0).padStart(29)} MiB  (scoring process ${children().toFixed(0)} MiB)`,
  );
  const floor = await floorOf(runId);
  show('reproduced, to the last bit', await timedReproduction(runId));
  show('floor: COPY in, snapshot', floor.copyIn);
  show('floor: COPY out, snapshot', floor.copyOut);
  show('floor: onnxruntime', floor.score);
  show('floor: COPY in, decisions', floor.copyDecisionsIn);
  process.send?.({ seconds, floor } satisfies Round);
} finally {
  await owner.end();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
}

async function timedRun(week: string): Promise<{ runId: string; seconds: number }> {
  const { run } = await execute(services, OPERATOR, startRun, {
    campaign: campaign.key,
    week,
    trigger: 'MANUAL',
  });
  const begin = performance.now();
  const ended = await runWeek(services, run.id);
  const seconds = (performance.now() - begin) / 1000;
  if (ended.status !== 'AWAITING_REVIEW') throw new Error(`the run is ${ended.status}`);
  const { score = 0, select = 0 } = ended.manifest?.timings ?? {};
  const explain = await secondsOf(run.id, 'run.explain');
  show('receive, check, freeze, draw', seconds - (score + select) / 1000 - explain);
  show('eligibility, features, score', score / 1000);
  show('select, record, seal', select / 1000);
  show('explain everyone mailed', explain);
  show('the whole run', seconds);
  return { runId: run.id, seconds };
}

/** From the entry before a step's to its own, which each step leaves at its end. */
async function secondsOf(runId: string, action: string): Promise<number> {
  const entries: { action: string; at: string }[] = await services.db.query(
    `select e ->> 'action' as action, e ->> 'at' as at
     from (select id, convert_from(bytes, 'utf8')::json as e from audit_staged) s where e ->> 'subject' = $1 order by id`,
    [runId],
  );
  const at = entries.findIndex((entry) => entry.action === action);
  const time = (place: number) => Date.parse(entries[place]?.at ?? '');
  return (time(at) - time(at - 1)) / 1000;
}

async function timedReproduction(runId: string): Promise<number> {
  const begin = performance.now();
  const { verdict } = await execute(services, OPERATOR, reproduceRun, { runId });
  if (verdict !== 'IDENTICAL') throw new Error(`the reproduction is ${verdict}`);
  return (performance.now() - begin) / 1000;
}

async function floorOf(runId: string): Promise<Floor> {
  const tables = { snapshot: partitionOf('snapshot_row', runId), decisions: partitionOf('decision', runId) };
  const { manager } = services.db;
  const model = await manager.findOneByOrFail(ModelVersionRow, { campaign: campaign.key, status: 'LIVE' });
  const layout = layoutOf(campaign.feed);
  const features = compileFeatures(
    model.card.features,
    layout,
    await fundPrices(manager, runId),
    '2026-05-17',
    [],
  );
  const [eligible]: { count: number }[] = await manager.query(
    `select count(score)::int as count from ${tables.decisions}`,
  );
  const matrix = new Float32Array((eligible?.count ?? 0) * features.width);
  const block = new Float32Array(10_000 * features.width);
  let filled = 0;
  await services.db.transaction(async (tx) => {
    for await (const rows of readSnapshot(tx, runId, layout)) {
      features.compute(rows, block, new Uint8Array(10_000));
      const room = Math.min(rows.rows * features.width, matrix.length - filled);
      matrix.set(block.subarray(0, room), filled);
      filled += room;
    }
  });
  const bytes = {
    snapshot: await tableBytes(owner, tables.snapshot),
    decisions: await tableBytes(owner, tables.decisions),
  };
  return measureFloor(
    owner,
    tables,
    bytes,
    await modelFile(manager, model.id, 'model.onnx'),
    matrix,
    features.width,
  );
}
