import DataLoader from 'dataloader';
import type { LoggedCheckpoint } from '../audit/log-reads.ts';
import { batchesOfRuns, handOffsOf } from '../store/batch.reads.ts';
import { campaignsByKey, configsAt, configsById } from '../store/campaign.reads.ts';
import type { RecordedDecision } from '../store/decision.reads.ts';
import { decisionPath } from '../store/decision.store.ts';
import { decisionsOn } from '../store/decision-list.reads.ts';
import {
  type DecisionPath,
  entriesOfRuns,
  inclusionsOfRuns,
  type RunInclusion,
} from '../store/decision-proof.reads.ts';
import { funnelsOf } from '../store/funnel.reads.ts';
import { liveModels, modelsById } from '../store/model.reads.ts';
import { checksOf, newestRuns, runsById } from '../store/run.reads.ts';
import type { Services } from '../use-cases/services.ts';

/** A customer in a run that decided. */
export interface DecisionKey {
  readonly runId: string;
  readonly customer: string;
}

export type Loaders = ReturnType<typeof createLoaders>;

/**
 * What the fields of an answer ask for one by one, fetched together. Nothing is kept: a mutation, or a subscription that
 * lasts for hours, would be answered with what was true before.
 */
export function createLoaders({ db, clock }: Pick<Services, 'db' | 'clock'>) {
  const { manager } = db;
  return {
    campaign: loader(
      (keys) => campaignsByKey(manager, keys),
      ({ key }) => key,
    ),
    run: loader(
      (ids) => runsById(manager, ids),
      ({ id }) => id,
    ),
    newestRun: loader(
      (campaigns) => newestRuns(manager, campaigns),
      ({ campaign }) => campaign,
    ),
    config: loader(
      (ids) => configsById(manager, ids),
      ({ id }) => id,
    ),
    configNow: loader(
      (campaigns) => configsAt(manager, campaigns, clock.now()),
      ({ campaign }) => campaign,
    ),
    model: loader(
      (ids) => modelsById(manager, ids),
      ({ id }) => id,
    ),
    liveModel: loader(
      (campaigns) => liveModels(manager, campaigns),
      ({ campaign }) => campaign,
    ),
    funnel: loader(
      (runIds) => funnelsOf(manager, runIds),
      ({ runId }) => runId,
    ),
    batchOfRun: loader(
      (runIds) => batchesOfRuns(manager, runIds),
      ({ runId }) => runId,
    ),
    handOff: loader(
      (batchIds) => handOffsOf(manager, batchIds),
      ({ batchId }) => batchId,
    ),
    auditIndex: loader(
      (runIds) => entriesOfRuns(manager, runIds),
      ({ runId }) => runId,
    ),
    decisionPath: new DataLoader<{ readonly runId: string; readonly row: number }, DecisionPath>(
      (keys) => Promise.all(keys.map(({ runId, row }) => decisionPath(manager, runId, row))),
      { cache: false },
    ),
    checks: new DataLoader(
      async (runIds: readonly string[]) => {
        const byRun = Map.groupBy(await checksOf(manager, unique(runIds)), ({ runId }) => runId);
        return runIds.map((runId) => byRun.get(runId) ?? []);
      },
      { cache: false },
    ),
    inclusion: new DataLoader<
      string,
      { readonly checkpoint: LoggedCheckpoint | null; readonly inclusion: RunInclusion | null }
    >(
      async (runIds) => {
        const { checkpoint, inclusions } = await inclusionsOfRuns(manager, unique(runIds));
        return runIds.map((runId) => ({ checkpoint, inclusion: inclusions.get(runId) ?? null }));
      },
      { cache: false },
    ),
    decision: new DataLoader<DecisionKey, RecordedDecision | null>(
      async (keys) => {
        const byRun = Map.groupBy(keys, ({ runId }) => runId);
        const found = await Promise.all(
          Array.from(byRun, ([runId, asked]) =>
            decisionsOn(
              manager,
              runId,
              asked.map(({ customer }) => customer),
            ),
          ),
        );
        const byKey = new Map(found.flat().map((one) => [`${one.runId} ${one.customer}`, one]));
        return keys.map(({ runId, customer }) => byKey.get(`${runId} ${customer}`) ?? null);
      },
      { cache: false },
    ),
  };
}

/** One thing a key, null where there is none. */
function loader<Thing>(
  read: (keys: readonly string[]) => Promise<readonly Thing[]>,
  keyOf: (thing: Thing) => string | null,
): DataLoader<string, Thing | null> {
  return new DataLoader(
    async (keys) => {
      const found = new Map((await read(unique(keys))).map((thing) => [keyOf(thing), thing]));
      return keys.map((key) => found.get(key) ?? null);
    },
    { cache: false },
  );
}

function unique(keys: readonly string[]): readonly string[] {
  return [...new Set(keys)];
}
