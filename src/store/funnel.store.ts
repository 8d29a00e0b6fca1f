import type { Funnel } from '../domain/funnel.ts';
import type { Transaction } from './transaction.ts';

/** Keeps the funnel of a run that decided. */
export async function insertFunnel(tx: Transaction, runId: string, funnel: Funnel): Promise<void> {
  const arm = (name: string) => funnel.arms.find((count) => count.arm === name)?.count ?? 0;
  await tx.query(
    `insert into run_funnel (run_id, considered, eligible, scored, above_threshold, mailed, mailed_model, mailed_exploration,
                             held_out, not_chosen, not_eligible, reasons)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      runId,
      funnel.considered,
      funnel.eligible,
      funnel.scored,
      funnel.aboveThreshold,
      funnel.mailed,
      arm('MODEL'),
      arm('EXPLORATION'),
      funnel.heldOut,
      funnel.notChosen,
      funnel.notEligible,
      JSON.stringify(funnel.reasons),
    ],
  );
}
