import type { Output } from '../domain/output-check.ts';
import { meaningOf, type Selection } from '../domain/selection.ts';
import { addWeeks } from '../domain/week.ts';
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
  const [repeated]: { count: number }[] = await tx.query(
    `select count(distinct customer)::int as count from released_recipient
     where campaign = $1 and week >= $2 and week < $3 and customer = any ($4)`,
    [run.campaign, addWeeks(run.week, 1 - config.restWeeks), run.week, recipients],
  );
  const bands = scored.bands.map((band) => ({ ...band, chosen: 0 }));
  scored.bandOf.forEach((band, at) => {
    const chosen = meaningOf(selection.verdicts[at] ?? 0).arm;
    const counted = bands[band];
    if (counted !== undefined && (chosen === 'MODEL' || chosen === 'HOLDOUT')) counted.chosen++;
  });
  return {
    scored: scored.customers.length,
    aboveThreshold: selection.aboveThreshold,
    certain: scored.certain,
    scoreCounts: scored.scoreCounts,
    bands,
    repeated: repeated?.count ?? 0,
  };
}
