import { refuse } from '../domain/refusal.ts';
import { STATUS_AT_STEP } from '../domain/run.ts';
import { RunRow } from '../store/run.row.ts';
import { isUuid } from '../store/slice.ts';
import { assertGoing } from './engine.ts';
import type { Command } from './execute.ts';

/** Lets a failed run go on at the step at which it failed. */
export const resumeRun: Command<{ runId: string }, RunRow> = {
  action: 'run.resume',
  permission: 'run.resume',
  about: ({ runId }) => ({ campaign: null, subject: runId }),
  async handle({ tx }, { runId }) {
    const run = isUuid(runId)
      ? await tx.findOne(RunRow, { where: { id: runId }, lock: { mode: 'pessimistic_write' } })
      : null;
    if (run === null) return refuse('NOT_FOUND', 'RUN', 'There is no such run.');
    if (run.status !== 'FAILED' || run.step === 'DONE') {
      return refuse(
        'INVALID_STATE',
        'RUN_STATUS',
        `A run that is ${run.status} is not resumed; only one that FAILED is.`,
      );
    }
    await assertGoing(tx, run.campaign, 'RUN');
    const changed = { status: STATUS_AT_STEP[run.step], trigger: 'RESUME' as const, finishedAt: null };
    await tx.update(RunRow, { id: runId }, changed);
    return {
      result: { ...run, ...changed },
      facts: {
        campaign: run.campaign,
        subject: runId,
        details: {
          week: run.week,
          attempt: run.attempt,
          step: run.step,
          trigger: changed.trigger,
          before: run.status,
          after: changed.status,
        },
      },
    };
  },
};
