import { openApp } from '../app.ts';
import type { Settings } from '../config.ts';
import { refuse } from '../domain/refusal.ts';
import type { IsoWeek } from '../domain/week.ts';
import { runOf } from '../store/run.reads.ts';
import { execute } from '../use-cases/execute.ts';
import { reproduceRun } from '../use-cases/reproduce-run.ts';
import { COMMAND_LINE } from './command-line.ts';

/** `waarom reproduce`: executes a past week again and prints the certificate; `same` unless a decision came out otherwise. */
export async function reproduceWeek(
  settings: Settings,
  campaign: string,
  week: IsoWeek,
): Promise<{ readonly text: string; readonly same: boolean }> {
  const app = await openApp(settings);
  try {
    const { services } = app;
    const run = await runOf(services.db.manager, campaign, week, null);
    if (run === null) return refuse('NOT_FOUND', 'RUN', `There is no run of ${campaign} for ${week}.`);
    const { certificate, verdict } = await execute(services, COMMAND_LINE, reproduceRun, { runId: run.id });
    return { text: certificate, same: verdict === 'IDENTICAL' || verdict === 'WITHIN_TOLERANCE' };
  } finally {
    await app.close();
  }
}
