import type { Funnel } from '../domain/funnel.ts';
import type { Transaction } from './transaction.ts';

type StoredFunnel = Omit<Funnel, 'arms'> & {
  readonly runId: string;
  readonly model: number;
  readonly exploration: number;
};

/** The funnels of runs, by run; a run without decisions has none. */
export async function funnelsOf(
  db: Transaction,
  runIds: readonly string[],
): Promise<readonly (Funnel & { readonly runId: string })[]> {
  const rows: StoredFunnel[] = await db.query(
    `select run_id as "runId", considered, eligible, scored, above_threshold as "aboveThreshold", mailed,
            held_out as "heldOut", not_chosen as "notChosen", not_eligible as "notEligible",
            mailed_model as model, mailed_exploration as exploration, reasons
     from run_funnel where run_id = any ($1) order by run_id`,
    [runIds],
  );
  return rows.map(({ model, exploration, ...counts }) => ({
    ...counts,
    arms: [
      { arm: 'MODEL', count: model },
      { arm: 'HOLDOUT', count: counts.heldOut },
      { arm: 'EXPLORATION', count: exploration },
    ],
  }));
}

/** The funnel of a run; undefined before its decisions were recorded. */
export async function funnelOf(db: Transaction, runId: string): Promise<Funnel | undefined> {
  const [found] = await funnelsOf(db, [runId]);
  if (found === undefined) return undefined;
  const { runId: _, ...funnel } = found;
  return funnel;
}
