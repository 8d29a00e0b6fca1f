import DataLoader from 'dataloader';
import type { LoggedCheckpoint } from '../audit/log-reads.ts';
import type { RecipientStatus } from '../domain/batch.ts';
import {
  batchesById,
  batchesOfRuns,
  handOffsOf,
  recipientStatuses,
  reviewsOf,
} from '../store/batch.reads.ts';
import { campaignsByKey, configsAt, configsById } from '../store/campaign.reads.ts';
import { challengersOf } from '../store/challenger.reads.ts';
import { approvalsOf, changesOfVersions, versionsOfChanges } from '../store/config-change.reads.ts';
import type { ConfigChangeRow } from '../store/config-change.row.ts';
import type { RecordedDecision } from '../store/decision.reads.ts';
import { type DecisionPath, decisionPaths } from '../store/decision.store.ts';
import { decisionsOn } from '../store/decision-list.reads.ts';
import { entriesOfRuns, inclusionsOfRuns, type RunInclusion } from '../store/decision-proof.reads.ts';
import type { AskedRun } from '../store/drift.reads.ts';
import { pausesInForce } from '../store/engine-pause.store.ts';
import { contractsByKey } from '../store/feed-contract.reads.ts';
import { funnelsOf } from '../store/funnel.reads.ts';
import { liveModels, modelsById } from '../store/model.reads.ts';
import { judgingsOf } from '../store/model-judging.store.ts';
import { reproductionsOf } from '../store/reproduction.reads.ts';
import { checksOf, newestRuns, runsById } from '../store/run.reads.ts';
import { obstaclesNow } from '../use-cases/config-standing.ts';
import { driftOfRuns } from '../use-cases/read-drift.ts';
import type { Services } from '../use-cases/services.ts';

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
    pauses: new DataLoader(
      async (campaigns: readonly string[]) => {
        const inForce = await pausesInForce(manager, unique(campaigns));
        return campaigns.map((key) =>
          inForce.filter(({ campaign }) => campaign === null || campaign === key),
        );
      },
      { cache: false },
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
    contract: loader(
      (keys) => contractsByKey(manager, keys),
      ({ campaign, number }) => `${campaign}/${number}`,
    ),
    changeOfVersion: loader(
      (ids) => changesOfVersions(manager, ids),
      ({ version }) => version.id,
    ),
    versionOfChange: loader(
      (ids) => versionsOfChanges(manager, ids),
      ({ change }) => change.id,
    ),
    configApprovals: new DataLoader(
      async (ids: readonly string[]) => {
        const byChange = Map.groupBy(await approvalsOf(manager, unique(ids)), ({ changeId }) => changeId);
        return ids.map((id) => byChange.get(id) ?? []);
      },
      { cache: false },
    ),
    obstacles: new DataLoader(
      (changes: readonly ConfigChangeRow[]) => obstaclesNow(manager, changes, clock.now()),
      { cache: false },
    ),
    model: loader(
      (ids) => modelsById(manager, ids),
      ({ id }) => id,
    ),
    liveModel: loader(
      (campaigns) => liveModels(manager, campaigns),
      ({ campaign }) => campaign,
    ),
    judging: loader(
      (ids) => judgingsOf(manager, ids),
      ({ modelId }) => modelId,
    ),
    challenger: loader(
      (runIds) => challengersOf(manager, runIds),
      ({ runId }) => runId,
    ),
    funnel: loader(
      (runIds) => funnelsOf(manager, runIds),
      ({ runId }) => runId,
    ),
    batch: loader(
      (ids) => batchesById(manager, ids),
      ({ id }) => id,
    ),
    batchOfRun: loader(
      (runIds) => batchesOfRuns(manager, runIds),
      ({ runId }) => runId,
    ),
    review: loader(
      (batchIds) => reviewsOf(manager, batchIds),
      ({ batchId }) => batchId,
    ),
    recipientStatus: ofRuns<{ readonly customer: string }, RecipientStatus | null>(async (runId, keys) => {
      const customers = keys.map(({ customer }) => customer);
      const found = await recipientStatuses(manager, runId, customers);
      return customers.map((customer) => found.get(customer) ?? null);
    }),
    handOff: loader(
      (batchIds) => handOffsOf(manager, batchIds),
      ({ batchId }) => batchId,
    ),
    auditIndex: loader(
      (runIds) => entriesOfRuns(manager, runIds),
      ({ runId }) => runId,
    ),
    decisionPath: ofRuns<{ readonly row: number }, DecisionPath>(async (runId, keys) => {
      const rows = keys.map(({ row }) => row);
      return decisionPaths(manager, runId, rows);
    }),
    decision: ofRuns<{ readonly customer: string }, RecordedDecision | null>(async (runId, keys) => {
      const customers = keys.map(({ customer }) => customer);
      const found = new Map((await decisionsOn(manager, runId, customers)).map((one) => [one.customer, one]));
      return customers.map((customer) => found.get(customer) ?? null);
    }),
    reproductions: new DataLoader(
      async (runIds: readonly string[]) => {
        const byRun = Map.groupBy(await reproductionsOf(manager, unique(runIds)), ({ runId }) => runId);
        return runIds.map((runId) => byRun.get(runId) ?? []);
      },
      { cache: false },
    ),
    checks: new DataLoader(
      async (runIds: readonly string[]) => {
        const byRun = Map.groupBy(await checksOf(manager, unique(runIds)), ({ runId }) => runId);
        return runIds.map((runId) => byRun.get(runId) ?? []);
      },
      { cache: false },
    ),
    drift: new DataLoader(
      async (runs: readonly AskedRun[]) => {
        const byRun = await driftOfRuns(manager, runs);
        return runs.map(({ id }) => byRun.get(id) ?? []);
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

/** What is read from one run's table at a time; answers in the order of the keys. */
function ofRuns<Key, Thing>(
  read: (runId: string, keys: readonly Key[]) => Promise<readonly Thing[]>,
): DataLoader<Key & { readonly runId: string }, Thing> {
  return new DataLoader(
    async (keys) => {
      const things = new Map<unknown, { readonly thing: Thing }>();
      for (const [runId, ofRun] of Map.groupBy(keys, (key) => key.runId)) {
        const found = await read(runId, ofRun);
        ofRun.forEach((key, place) => {
          const thing = found[place];
          if (thing !== undefined) things.set(key, { thing });
        });
      }
      return keys.map((key) => {
        const found = things.get(key);
        return found === undefined ? new Error('nothing was read') : found.thing;
      });
    },
    { cache: false },
  );
}

function unique(keys: readonly string[]): readonly string[] {
  return [...new Set(keys)];
}
