/** One thing of `bench/simulation.ts`: a process of its own, because the peak of a process's memory is told of its whole life. */
import { openApp } from '../../src/app.ts';
import { loadSettings } from '../../src/config.ts';
import { currentRuns } from '../../src/store/recorded-weeks.reads.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { reproduceRun } from '../../src/use-cases/reproduce-run.ts';
import { simulate } from '../../src/use-cases/simulate.ts';
import { benchCampaign, OPERATOR } from './bench-campaign.ts';
import { peakMemory, watchChildren } from './peak-memory.ts';

const [folder = '', what = '', from = '', to = ''] = process.argv.slice(2);
const app = await openApp({ ...loadSettings({ DATA_DIR: folder }), logLevel: 'warn' });
const { services } = app;
const { key: campaign } = benchCampaign();
try {
  const children = watchChildren();
  const used = process.cpuUsage();
  const begin = performance.now();
  const weeks = what === 'reproduced' ? await reproduced() : await simulated();
  const { user, system } = process.cpuUsage(used);
  const processor = (user + system) / 1e6;
  const seconds = (performance.now() - begin) / 1000;
  console.log(
    `${what.padEnd(12)}${seconds.toFixed(1).padStart(8)} s${(weeks / seconds).toFixed(2).padStart(8)} weeks a second  ` +
      `${processor.toFixed(1)} s of this process's processor time  ` +
      `peak ${peakMemory('self').toFixed(0)} MiB, scoring process ${children().toFixed(0)} MiB`,
  );
} finally {
  await app.close();
}

async function reproduced(): Promise<number> {
  const runs = await currentRuns(services.db.manager, campaign, from, to);
  for (const { id, week } of runs) {
    const { verdict } = await execute(services, OPERATOR, reproduceRun, { runId: id });
    if (verdict !== 'IDENTICAL') throw new Error(`${week} is ${verdict}`);
  }
  return runs.length;
}

/** Nothing otherwise must come to what is on record; or the market 10 % up. */
async function simulated(): Promise<number> {
  const shifts = what === 'shifted' ? [{ feature: 'fund_month', multiply: 1, add: 0.1 }] : [];
  const asked = { campaign, from, to, model: null, patch: {}, shifts, judgeMarket: false };
  let weeks = 0;
  for await (const { week } of simulate(services, OPERATOR, asked, new AbortController().signal)) {
    if (week === null) continue;
    weeks++;
    if (!week.replayed || (shifts.length === 0 && week.enter + week.leave > 0))
      throw new Error(`${week.week}: ${week.halted.join('; ')} ${week.enter} ${week.leave}`);
  }
  return weeks;
}
