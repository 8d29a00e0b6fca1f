import { isModelChoice } from '../domain/decision.ts';
import type { Output } from '../domain/output-check.ts';
import { meaningOf, type Selection } from '../domain/selection.ts';
import { addWeeks } from '../domain/week.ts';
import { countReleased } from '../store/recorded-weeks.reads.ts';
import type { Transaction } from '../store/transaction.ts';
import type { StepContext } from './run-step.ts';
import type { Scored } from './score-snapshot.ts';

/** Measures what a run is about to propose, for the output checks. */
export async function measureOutput(
  tx: Transaction,
  { run, config }: Pick<StepContext, 'run' | 'config'>,
  scored: Scored,
  selection: Selection,
): Promise<Output> {
  const recipients = scored.customers.filter(
    (_, at) => meaningOf(selection.verdicts[at] ?? 0).outcome === 'MAIL',
  );
  const rest = { from: addWeeks(run.week, 1 - config.restWeeks), before: run.week };
  const bands = scored.bands.map((band) => ({ ...band, chosen: 0 }));
  scored.bandOf.forEach((band, at) => {
    const { arm } = meaningOf(selection.verdicts[at] ?? 0);
    const counted = bands[band];
    if (counted !== undefined && isModelChoice(arm)) counted.chosen++;
  });
  return {
    scored: scored.customers.length,
    aboveThreshold: selection.aboveThreshold,
    certain: scored.certain,
    scoreCounts: scored.scoreCounts,
    bands,
    repeated: await countReleased(tx, run.campaign, rest, recipients),
  };
}
