/**
 * `waarom audit verify` over a week of a million customers: the whole walk from the checkpoint to every decision and every byte of
 * the model, beside its floor, a COPY of the same rows out of the same server that looks at nothing.
 * `npm run bench:audit-walk [-- CUSTOMERS]`
 */
import { rmSync } from 'node:fs';
import { sequence } from '../src/audit/sequencer.ts';
import { copyOut } from '../src/store/copy-stream.ts';
import { partitionOf } from '../src/store/snapshot.store.ts';
import { execute } from '../src/use-cases/execute.ts';
import { runWeek } from '../src/use-cases/run-week.ts';
import { startRun } from '../src/use-cases/start-run.ts';
import { verifyRecord } from '../src/use-cases/verify-record/verify-record.ts';
import { benchCampaign, OPERATOR, openBench } from './support/bench-campaign.ts';
import { writeBenchFeed } from './support/bench-feed.ts';
import { benchFolder } from './support/bench-folder.ts';
import { peakMemory } from './support/peak-memory.ts';

const WEEK = '2026-W20';
const customers = Number(process.argv[2] ?? 1_000_000);
const folder = benchFolder();
const app = await openBench(folder);
const { services, settings, auditLog } = app;
try {
  const campaign = benchCampaign();
  await writeBenchFeed(settings.inboxDir, campaign.key, WEEK, campaign.feed, customers);
  const input = { campaign: campaign.key, week: WEEK, trigger: 'MANUAL' } as const;
  const { run } = await execute(services, OPERATOR, startRun, input);
  const ended = await runWeek(services, run.id);
  if (ended.status !== 'AWAITING_REVIEW') throw new Error(`the run is ${ended.status}`);
  await services.db.transaction((tx) => sequence(tx, auditLog, services.clock));
  for (let round = 0; round < 3; round++) {
    show('COPY of the same rows', await seconds(() => copyAway(run.id)));
    show('audit verify', await seconds(verify));
  }
  console.log(`peak memory ${peakMemory('self').toFixed(0)} MiB, the run included`);
} finally {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
}

async function verify(): Promise<void> {
  const began = performance.now();
  let last = '';
  const { fault, counts } = await services.db.transaction('REPEATABLE READ', (tx) =>
    verifyRecord(tx, {
      origin: auditLog.origin,
      verifier: auditLog.signer.verifier,
      outbox: null,
      progress: (what) => {
        if (what !== last) console.log(`  ${((performance.now() - began) / 1000).toFixed(2)} s ${what}`);
        last = what;
      },
    }),
  );
  if (fault !== null) throw new Error(`${fault.rule}: ${fault.message}`);
  if (counts.decisions !== customers) throw new Error(`${counts.decisions} decisions were seen`);
}

async function copyAway(runId: string): Promise<void> {
  await services.db.transaction(async (tx) => {
    for (const parent of ['snapshot_row', 'decision'] as const) {
      for await (const decoder of copyOut(tx, partitionOf(parent, runId))) while (decoder.next());
    }
  });
}

/** Seconds on the clock, and of this process's CPU: the second says the same on a machine that is busy. */
async function seconds(work: () => Promise<void>): Promise<readonly [clock: number, cpu: number]> {
  const began = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return [(performance.now() - began) / 1000, (user + system) / 1_000_000];
}

function show(what: string, [clock, cpu]: readonly [number, number]): void {
  console.log(`${what.padEnd(24)}${clock.toFixed(2).padStart(7)} s${cpu.toFixed(2).padStart(7)} s of CPU`);
}
