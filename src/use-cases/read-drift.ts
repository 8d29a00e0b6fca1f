import { referenceHistogram } from '../domain/drift-check.ts';
import { type Drift, type WatchedModel, watchDrift } from '../domain/drift-watch.ts';
import { refuse } from '../domain/refusal.ts';
import type { IsoWeek } from '../domain/week.ts';
import { needSpan, type WeekSpan } from '../domain/week-span.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { type AskedRun, watchedRuns } from '../store/drift.reads.ts';
import { modelsById } from '../store/model.reads.ts';
import { referenceSample } from '../store/model.store.ts';
import { currentRuns } from '../store/recorded-weeks.reads.ts';
import type { Transaction } from '../store/transaction.ts';

/** A subject's drift in the run of a week. */
export interface WeekDrift extends Drift {
  readonly runId: string;
  readonly week: IsoWeek;
}

/** A subject over weeks, the earliest first. */
export interface DriftSeries extends Pick<Drift, 'kind' | 'subject' | 'columns'> {
  readonly weeks: readonly WeekDrift[];
}

/** What the given runs measured, against their models' reference samples and the weeks before; by run. */
export async function driftOfRuns(
  db: Transaction,
  runs: readonly AskedRun[],
): Promise<ReadonlyMap<string, readonly WeekDrift[]>> {
  if (runs.length === 0) return new Map();
  const watched = await watchedRuns(db, runs);
  const models = await watchedModels(db, [...new Set(runs.map(({ modelId }) => modelId))]);
  return new Map(
    runs.map(({ id, week, modelId }) => {
      const [measured, model] = [watched.get(id), models.get(modelId)];
      const drift = measured === undefined || model === undefined ? [] : watchDrift(measured, model);
      return [id, drift.map((one) => ({ ...one, runId: id, week }))];
    }),
  );
}

async function watchedModels(
  db: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, WatchedModel>> {
  const models = new Map<string, WatchedModel>();
  for (const { id, card } of await modelsById(db, ids)) {
    const rows = await referenceSample(db, id);
    const references = new Map(
      card.features.map(({ name }, place) => [name, referenceHistogram(rows, place)]),
    );
    models.set(id, { features: card.features, references });
  }
  return models;
}

/**
 * How features, columns and scores moved over the weeks of a campaign, by their current runs: everything, or one feature, or a
 * column with the features that are made of it. Refuses a campaign that there is not, weeks in the wrong order or too many, and a
 * feature or column of which nothing was measured although other things were.
 */
export async function driftSeries(
  db: Transaction,
  asked: WeekSpan & {
    readonly campaign: string;
    readonly feature: string | null;
    readonly column: string | null;
  },
): Promise<readonly DriftSeries[]> {
  const { campaign, from, to, feature, column } = asked;
  await campaignOf(db, campaign);
  needSpan(asked);
  const runs = await currentRuns(db, campaign, from, to);
  const drift = [...(await driftOfRuns(db, runs)).values()].flat();
  needMeasured('feature', feature, namesOf(drift, 'FEATURE'));
  needMeasured('column', column, namesOf(drift, 'COLUMN'));
  const wanted = drift.filter(
    ({ kind, subject, columns }) =>
      (feature === null || (kind === 'FEATURE' && subject === feature)) &&
      (column === null || columns.includes(column)),
  );
  const bySubject = Map.groupBy(wanted, ({ kind, subject }) => `${kind} ${subject}`);
  return [...bySubject.values()].flatMap((weeks) => {
    const newest = weeks.at(-1);
    if (newest === undefined) return [];
    const { kind, subject, columns } = newest;
    return { kind, subject, columns, weeks };
  });
}

function namesOf(drift: readonly Drift[], kind: Drift['kind']): readonly string[] {
  return [...new Set(drift.filter((one) => one.kind === kind).map(({ subject }) => subject))];
}

/** Where nothing at all was measured, nobody can say that a name is wrong. */
function needMeasured(what: 'feature' | 'column', asked: string | null, measured: readonly string[]): void {
  if (asked === null || measured.length === 0 || measured.includes(asked)) return;
  refuse(
    'NOT_FOUND',
    what.toUpperCase(),
    `No ${what} of that name was measured in these weeks; there are ${measured.join(', ')}.`,
  );
}
