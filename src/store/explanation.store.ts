import type { EntityManager } from 'typeorm';
import type { ExplanationFacts } from '../domain/explanation.ts';

/** What is to be kept of a customer. */
export interface ExplainedCustomer {
  readonly customer: string;
  readonly facts: ExplanationFacts;
}

/** Keeps explanations of a run; one that is kept already stays as it is. */
export async function keepExplanations(
  tx: EntityManager,
  runId: string,
  at: Date,
  explained: readonly ExplainedCustomer[],
): Promise<void> {
  await tx.query(
    `insert into explanation (run_id, customer, at, facts)
     select $1, customer, $2, facts from unnest($3::text[], $4::json[]) as t (customer, facts)
     on conflict do nothing`,
    [
      runId,
      at,
      explained.map(({ customer }) => customer),
      explained.map(({ facts }) => JSON.stringify(facts)),
    ],
  );
}

/** What is kept of a customer of a run; undefined when nobody asked and they were not mailed. */
export async function keptExplanation(
  tx: EntityManager,
  runId: string,
  customer: string,
): Promise<ExplanationFacts | undefined> {
  const [row]: { facts: ExplanationFacts }[] = await tx.query(
    'select facts from explanation where run_id = $1 and customer = $2',
    [runId, customer],
  );
  return row?.facts;
}
