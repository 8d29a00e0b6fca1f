import type { RunStatus } from '../domain/run.ts';
import type { IsoWeek } from '../domain/week.ts';
import { engineIsOff } from '../store/engine-pause.store.ts';
import { runWeek } from '../use-cases/run-week.ts';
import type { Services } from '../use-cases/services.ts';
import { attemptEach } from './attempt-each.ts';

/** A run that was gone on with, and where that ended. */
export interface ContinuedRun {
  readonly runId: string;
  readonly campaign: string;
  readonly week: IsoWeek;
  readonly status: RunStatus;
}

/**
 * Goes on with the runs that were started and that nobody works on: new ones, and those whose process was killed. A run that is
 * being worked on is passed over, because whoever works on it holds its row, and so is one whose engine is paused.
 */
export async function continueRuns(services: Services): Promise<readonly ContinuedRun[]> {
  return attemptEach(unheldRuns(services), async (runId) => {
    const { campaign, week, status } = await runWeek(services, runId);
    return { runId, campaign, week, status };
  });
}

/** One run at a time, each once: while one is worked on, others are begun and ended elsewhere. */
async function* unheldRuns({ db }: Services): AsyncGenerator<string> {
  const seen: string[] = [];
  for (;;) {
    const [run]: { id: string }[] = await db.query(
      `select id from run where current and status in ('CHECKING', 'SCORING', 'SELECTING') and id <> all ($1)
         and not ${engineIsOff('campaign')}
       order by started_at, id limit 1 for no key update skip locked`,
      [seen],
    );
    if (run === undefined) return;
    seen.push(run.id);
    yield run.id;
  }
}
