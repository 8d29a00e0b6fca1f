/**
 * One weekly run of a million customers (16 columns, seven features, a model of a hundred trees), its steps timed one by one, and
 * its floor in the same process on the same server: the same bytes through COPY in, COPY out, onnxruntime, COPY in of the
 * decisions, and nothing else. `npm run bench:weekly-run [-- CUSTOMERS ROUNDS]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { compileFeatures } from '../src/domain/feature.ts';
import { layoutOf } from '../src/domain/feed-contract.ts';
import { addWeeks } from '../src/domain/week.ts';
import { ownerUrl } from '../src/store/data-source.ts';
import { fundPrices } from '../src/store/fund-price.store.ts';
import { modelFile } from '../src/store/model.store.ts';
import { ModelVersionRow } from '../src/store/model-version.row.ts';
import { partitionOf, readSnapshot } from '../src/store/snapshot.store.ts';
import { execute } from '../src/use-cases/execute.ts';
import { runWeek } from '../src/use-cases/run-week.ts';
import { startRun } from '../src/use-cases/start-run.ts';
import { benchCampaign, OPERATOR, openBench } from './support/bench-campaign.ts';
import { writeBenchFeed } from './support/bench-feed.ts';
import { type Floor, measureFloor, tableBytes } from './support/floor.ts';
import { peakMemory, watchChildren } from './support/peak-memory.ts';

const customers = Number(process.argv[2] ?? 1_000_000);
const rounds = Number(process.argv[3] ?? 3);
const FIRST_WEEK = '2026-W20';

const folder = mkdtempSync(join(tmpdir(), 'waarom-bench-'));
const app = await openBench(folder);
const { services, settings, databaseUrl } = app;
const campaign = benchCampaign();
const owner = new pg.Client({ connectionString: ownerUrl(databaseUrl) });
await owner.connect();
const show = (label: string, seconds: number) =>
  console.log(`${label.padEnd(34)}${seconds.toFixed(2).padStart(8)} s`);
const ratios: { all: number; strict: number }[] = [];
try {
  const size = await writeBenchFeed(settings.inboxDir, campaign.key, FIRST_WEEK, campaign.feed, customers);
  console.log(
    `${customers.toLocaleString('en')} customers × ${campaign.feed.columns.length} columns, ${(size / 2 ** 20).toFixed(0)} MiB of CSV`,
  );
  for (let round = 0; round < rounds; round++) {
    const week = addWeeks(FIRST_WEEK, round);
    if (round > 0) await writeBenchFeed(settings.inboxDir, campaign.key, week, campaign.feed, customers);
    console.log(`\nround ${round + 1}`);
    const children = watchChildren();
    const { runId, seconds } = await timedRun(week);
    const scorerPeak = children();
    const ownPeak = peakMemory('self');
    const floor = await floorOf(runId);
    const strict = floor.copyIn + floor.score + floor.copyOut;
    const all = strict + floor.copyDecisionsIn;
    show('floor: COPY in, snapshot', floor.copyIn);
    show('floor: COPY out, snapshot', floor.copyOut);
    show('floor: onnxruntime', floor.score);
    show('floor: COPY in, decisions', floor.copyDecisionsIn);
    ratios.push({ all: seconds / all, strict: seconds / strict });
    console.log(
      `run / floor${(seconds / all).toFixed(2).padStart(29)} ×   (${(seconds / strict).toFixed(2)} × without the decisions' COPY)`,
    );
    console.log(
      `peak memory${ownPeak.toFixed(0).padStart(29)} MiB  (scoring process ${scorerPeak.toFixed(0)} MiB)`,
    );
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
  console.log(
    `\nmedian of ${rounds}: ${median(ratios.map(({ all }) => all)).toFixed(2)} × the floor, ${median(ratios.map(({ strict }) => strict)).toFixed(2)} × without the decisions' COPY`,
  );
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
  show('receive, check, freeze', seconds - (score + select) / 1000);
  show('eligibility, features, score', score / 1000);
  show('select, record, seal', select / 1000);
  show('the whole run', seconds);
  return { runId: run.id, seconds };
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
