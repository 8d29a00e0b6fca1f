import { median, percent } from './check.ts';
import {
  binRange,
  type Growth,
  greatestGrowth,
  sharesOf,
  sumOfCounts,
  type ValueRange,
} from './distribution-change.ts';
import { populationStabilityIndex, SCORE_EDGES } from './drift.ts';
import { featureRangeText, growthText, rangeText } from './drift-check.ts';
import type { CardFeature } from './model-card.ts';
import { columnsOf } from './recipe.ts';

export const DRIFT_KINDS = ['FEATURE', 'COLUMN', 'SCORE'] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** What a run measured: counts over bins by feature, counts of scores, shares of missing values by column. */
export interface Measured {
  readonly features: ReadonlyMap<string, readonly number[]>;
  readonly scores: readonly number[] | null;
  readonly nulls: ReadonlyMap<string, number>;
}

/** A run's measures with those of the weeks before it, newest first, each the last weeks that have the figure. */
export interface WatchedRun extends Measured {
  readonly featuresBefore: ReadonlyMap<string, readonly (readonly number[])[]>;
  readonly scoresBefore: readonly (readonly number[])[];
  readonly nullsBefore: ReadonlyMap<string, readonly number[]>;
}

/** The model that decided: its features with their tenths of the reference sample. */
export interface WatchedModel {
  readonly features: readonly CardFeature[];
  readonly references: ReadonlyMap<
    string,
    { readonly edges: readonly number[]; readonly counts: ArrayLike<number> }
  >;
}

/** A bin of a distribution; shares of 1, null where there is nothing to compare with. */
export interface DriftBin extends ValueRange {
  readonly values: string;
  readonly count: number;
  readonly share: number;
  readonly referenceShare: number | null;
  readonly shareBefore: number | null;
}

/** How far a subject is from the reference sample and from the weeks before; sentences say what grew most. */
export interface Drift {
  readonly kind: DriftKind;
  /** The feature or column; '' for the scores. */
  readonly subject: string;
  /** The columns that it is made of. */
  readonly columns: readonly string[];
  readonly psiToReference: number | null;
  readonly psiToWeeksBefore: number | null;
  /** How many weeks before were compared with. */
  readonly weeksBefore: number;
  /** Share of missing values; of a feature that of the column of it which lacks most. */
  readonly nullShare: number | null;
  /** The median of the weeks before. */
  readonly nullShareBefore: number | null;
  readonly changeFromReference: string | null;
  readonly changeFromWeeksBefore: string | null;
  readonly bins: readonly DriftBin[];
}

/** Everything that is watched of a run: its features in card order, then columns, then the scores. */
export function watchDrift(run: WatchedRun, model: WatchedModel): readonly Drift[] {
  const columns = Array.from(run.nulls.keys(), (column) => columnDrift(run, column));
  const nulls = new Map(columns.map((drift) => [drift.subject, drift]));
  const features = model.features.flatMap((feature) => {
    const counts = run.features.get(feature.name);
    const reference = model.references.get(feature.name);
    if (counts === undefined || reference === undefined) return [];
    const subject = { whom: 'the eligible', say: (range: ValueRange) => featureRangeText(feature, range) };
    const read = columnsOf(feature.recipe);
    const worst = read
      .flatMap((column) => nulls.get(column) ?? [])
      .toSorted((a, b) => (b.nullShare ?? 0) - (a.nullShare ?? 0))[0];
    const before = run.featuresBefore.get(feature.name) ?? [];
    return {
      kind: 'FEATURE' as const,
      subject: feature.name,
      columns: read,
      nullShare: worst?.nullShare ?? null,
      nullShareBefore: worst?.nullShareBefore ?? null,
      ...distributionDrift(reference.edges, counts, reference.counts, before, subject),
    };
  });
  return [...features, ...columns, ...scoreDrift(run)];
}

function columnDrift(run: WatchedRun, column: string): Drift {
  const share = run.nulls.get(column) ?? 0;
  const weeks = run.nullsBefore.get(column) ?? [];
  const before = median(weeks) ?? null;
  return {
    kind: 'COLUMN',
    subject: column,
    columns: [column],
    psiToReference: null,
    psiToWeeksBefore: null,
    weeksBefore: weeks.length,
    nullShare: share,
    nullShareBefore: before,
    changeFromReference: null,
    changeFromWeeksBefore:
      before === null || before === share
        ? null
        : `${percent(share)} of the values are now missing, in the weeks before ${percent(before)}`,
    bins: [],
  };
}

function scoreDrift({ scores, scoresBefore }: WatchedRun): readonly Drift[] {
  if (scores === null) return [];
  const subject = { whom: 'the scores', say: (range: ValueRange) => rangeText(range) };
  const distribution = distributionDrift(SCORE_EDGES, scores, null, scoresBefore, subject);
  return [
    { kind: 'SCORE', subject: '', columns: [], nullShare: null, nullShareBefore: null, ...distribution },
  ];
}

function distributionDrift(
  edges: readonly number[],
  counts: readonly number[],
  reference: ArrayLike<number> | null,
  weeks: readonly ArrayLike<number>[],
  { whom, say }: { readonly whom: string; readonly say: (range: ValueRange) => string },
) {
  const before = weeks.length === 0 ? null : sumOfCounts(weeks, counts.length);
  const index = (expected: ArrayLike<number> | null) =>
    expected === null ? null : populationStabilityIndex(expected, counts);
  const change = (expected: ArrayLike<number> | null, against: string) => {
    const growth: Growth | null = expected === null ? null : greatestGrowth(edges, expected, counts);
    return growth === null ? null : growthText(whom, say(growth), growth, against);
  };
  const [shares, referenceShares, sharesBefore] = [counts, reference, before].map((some) =>
    some === null ? null : sharesOf(some),
  );
  return {
    psiToReference: index(reference),
    psiToWeeksBefore: index(before),
    weeksBefore: weeks.length,
    changeFromReference: change(reference, 'the reference sample'),
    changeFromWeeksBefore: change(before, 'the weeks before'),
    bins: counts.map((count, bin): DriftBin => {
      const range = binRange(edges, bin);
      return {
        ...range,
        values: say(range),
        count,
        share: shares?.[bin] ?? 0,
        referenceShare: referenceShares?.[bin] ?? null,
        shareBefore: sharesBefore?.[bin] ?? null,
      };
    }),
  };
}
