import type { ChallengerDecision } from '../domain/challenger.ts';
import { challengerDecisionsOn, challengersOf } from '../store/challenger.reads.ts';
import { runsById } from '../store/run.reads.ts';
import type { Caller } from './execute.ts';
import { readCustomerData } from './read-customer-data.ts';
import type { Services } from './services.ts';

/** What the challenger of a run would have decided on some customers, by customer; nothing where it scored nobody. */
export async function readChallengerDecisions(
  services: Services,
  caller: Caller,
  runId: string,
  customers: readonly string[],
): Promise<ReadonlyMap<string, ChallengerDecision>> {
  const { manager } = services.db;
  const [run] = await runsById(manager, [runId]);
  const facts = { campaign: run?.campaign ?? null, subject: runId, details: { week: run?.week ?? null } };
  const found = (read: ReadonlyMap<string, ChallengerDecision>) => ({ customers: read.size });
  return readCustomerData(services, caller, { action: 'decision.challenger', facts, found }, async (tx) => {
    const [challenger] = await challengersOf(tx, [runId]);
    if (challenger?.outcome !== 'SCORED') return new Map();
    const decisions = await challengerDecisionsOn(tx, runId, customers);
    return new Map(decisions.map((decision) => [decision.customer, decision]));
  });
}
