/**
 * Recorded weeks simulated, beside the same weeks reproduced one after the other: weeks a second, and the most memory that each takes, in a
 * process of its own. `npm run bench:simulation [-- CUSTOMERS WEEKS]`
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { addWeeks } from '../src/domain/week.ts';
import { execute } from '../src/use-cases/execute.ts';
import { runWeek } from '../src/use-cases/run-week.ts';
import { startRun } from '../src/use-cases/start-run.ts';
import { benchCampaign, OPERATOR, openBench } from './support/bench-campaign.ts';
import { writeBenchFeed } from './support/bench-feed.ts';
import { benchFolder } from './support/bench-folder.ts';

const FIRST = '2025-W20';
const customers = Number(process.argv[2] ?? 20_000);
const weeks = Number(process.argv[3] ?? 20);
const PROGRAM = join(import.meta.dirname, 'support/simulation-round.js');

const folder = benchFolder();
try {
  await record();
  console.log(`${weeks} weeks of ${customers.toLocaleString('en')} customers`);
  for (const what of ['reproduced', 'simulated', 'shifted']) {
    const child = fork(PROGRAM, [folder, what, FIRST, addWeeks(FIRST, weeks - 1)]);
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`${what} ended with ${code}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function record(): Promise<void> {
  const app = await openBench(folder);
  const { key, feed } = benchCampaign();
  try {
    for (let n = 0; n < weeks; n++) {
      const week = addWeeks(FIRST, n);
      await writeBenchFeed(app.settings.inboxDir, key, week, feed, customers);
      const { run } = await execute(app.services, OPERATOR, startRun, {
        campaign: key,
        week,
        trigger: 'MANUAL',
      });
      const { status } = await runWeek(app.services, run.id);
      if (status !== 'AWAITING_REVIEW') throw new Error(`the run of ${week} is ${status}`);
      rmSync(join(app.settings.inboxDir, key, week), { recursive: true });
    }
  } finally {
    await app.close();
  }
}
