import { openApp } from '../app.ts';
import type { Settings } from '../config.ts';
import { pauseText, stopping } from '../domain/engine-pause.ts';
import { pausesOf } from '../store/engine-pause.store.ts';
import { funnelOf } from '../store/funnel.reads.ts';
import { checksOf } from '../store/run.reads.ts';
import { execute } from '../use-cases/execute.ts';
import { runWeek } from '../use-cases/run-week.ts';
import { startRun } from '../use-cases/start-run.ts';
import { COMMAND_LINE } from './command-line.ts';
import { funnelText } from './funnel-text.ts';
import { ProgressBar } from './progress-bar.ts';

/** `waarom run`: starts the run of a week, or goes on with the one there is, and says how it ended. */
export async function runCampaignWeek(
  settings: Settings,
  campaign: string,
  week: string | null,
): Promise<{ readonly text: string; readonly exitCode: number }> {
  const bar = new ProgressBar(process.stderr);
  const app = await openApp(settings, bar.run);
  try {
    const asked = { campaign, week, trigger: 'MANUAL' } as const;
    const { run, started } = await execute(app.services, COMMAND_LINE, startRun, asked);
    const ended = await runWeek(app.services, run.id);
    const { manager } = app.services.db;
    const funnel = await funnelOf(manager, ended.id);
    const halting = (await checksOf(manager, [ended.id])).filter(({ verdict }) => verdict === 'HALT');
    const goesOn = ended.step === 'DONE' || ended.status === 'FAILED';
    const pause = goesOn ? undefined : stopping(await pausesOf(manager, campaign), 'RUN');
    const lines = [
      `${campaign} ${ended.week}, attempt ${ended.attempt}: ${ended.status}${started ? '' : ' (the week had this run already)'}`,
      ...(pause === undefined ? [] : [`  ${pauseText(pause)} The run goes on when it is resumed.`]),
      ...halting.map(({ name, message }) => `  ${name}: ${message}`),
      ...(funnel === undefined ? [] : [funnelText(funnel)]),
    ];
    return {
      text: lines.join('\n'),
      exitCode: ended.status === 'HALTED' ? 3 : ended.status === 'FAILED' || pause !== undefined ? 1 : 0,
    };
  } finally {
    bar.clear();
    await app.close();
  }
}
