import { openApp } from '../app.ts';
import type { Settings } from '../config.ts';
import { cancellation } from '../domain/refusal.ts';
import type { SimulatedWeek } from '../domain/replay.ts';
import { stopSignal } from '../stop-signal.ts';
import type { AskedSimulation } from '../use-cases/ask-simulation.ts';
import { simulate } from '../use-cases/simulate.ts';
import { COMMAND_LINE } from './command-line.ts';
import { ProgressBar } from './progress-bar.ts';
import { textTable } from './text-table.ts';

const MARKET_UNJUDGED =
  'MARKET_BAND has not judged fund prices that were shifted; with --judge-market it does.';

/** `waarom simulate`: what recorded weeks would have been, as a table; cancelled by the first signal to stop. */
export async function simulateCampaign(settings: Settings, asked: AskedSimulation): Promise<string> {
  const bar = new ProgressBar(process.stderr);
  const stop = new AbortController();
  void stopSignal().then(() => stop.abort(cancellation()));
  const app = await openApp(settings);
  const weeks: SimulatedWeek[] = [];
  try {
    for await (const { done, total, week } of simulate(app.services, COMMAND_LINE, asked, stop.signal)) {
      if (week !== null) weeks.push(week);
      bar.show(`${asked.campaign} simulated weeks`, done, total);
    }
  } finally {
    bar.clear();
    await app.close();
  }
  const unjudged = asked.shifts.length > 0 && !asked.judgeMarket;
  return [simulationText(weeks), ...(unjudged ? [MARKET_UNJUDGED] : [])].join('\n');
}

/** Simulated weeks as a table, and under it what would have halted. */
function simulationText(weeks: readonly SimulatedWeek[]): string {
  const head = ['week', 'recorded', 'simulated', 'enter', 'leave', 'again', 'eligible', 'erased', ''];
  const rows = weeks.map((week) => [
    week.week,
    week.recorded === null ? '–' : String(week.recorded),
    ...(week.replayed
      ? [week.simulated, week.enter, week.leave, week.countedAgain, week.eligible, week.erased].map(String)
      : Array(6).fill('–')),
    week.halted.length === 0 ? '' : week.replayed ? 'halts' : 'not replayed',
  ]);
  const told = weeks.flatMap(({ week, halted }) => halted.map((line) => `${week} ${line}`));
  return [textTable(head, rows), ...told].join('\n');
}
