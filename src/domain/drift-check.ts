import type { CheckName, FeatureOverride, Limit } from './campaign.ts';
import { type Check, check, limitText, percent, verdictAbove } from './check.ts';
import { type Growth, greatestGrowth, sumOfCounts, type ValueRange } from './distribution-change.ts';
import { decileEdges, Histogram, populationStabilityIndex } from './drift.ts';
import { holdsOn } from './feature-override.ts';
import type { CardFeature } from './model-card.ts';
import { columnsOf } from './recipe.ts';
import type { IsoDate } from './week.ts';

/** How a feature is spread over the tenths of the model's reference sample: of the eligible of a week, and of the sample. */
export interface FeatureDistribution {
  readonly feature: CardFeature;
  readonly edges: readonly number[];
  readonly counts: ArrayLike<number>;
  readonly reference: ArrayLike<number>;
}

/** Counts of the weeks before over the same bins, newest first, by feature. */
export type FeatureHistory = ReadonlyMap<string, readonly ArrayLike<number>[]>;

/**
 * Whether a feature can drift: one of the market is the same for everyone in a week, and one that an override holds for as long.
 */
export function canDrift(
  { name, recipe }: CardFeature,
  overrides: readonly FeatureOverride[],
  asOf: IsoDate,
): boolean {
  return (
    !('fundChange' in recipe) &&
    overrides.every((override) => override.feature !== name || !holdsOn(override, asOf))
  );
}

/** The values of the feature at a place of the card in the reference sample, counted over its tenths as the model gets them: float32. */
export function referenceHistogram(reference: readonly (readonly number[])[], place: number): Histogram {
  const values = reference.map((row) => Math.fround(row[place] ?? Number.NaN));
  const histogram = new Histogram(decileEdges(values));
  for (const value of values) histogram.add(value);
  return histogram;
}

/** Each feature against the model's reference sample (domain.md, step 4). */
export function judgeDrift(distributions: readonly FeatureDistribution[], limit: Limit): readonly Check[] {
  return distributions.map((distribution) =>
    judgeChange('DRIFT', limit, distribution, distribution.reference, 'the reference sample'),
  );
}

/** Each feature against the weeks before in which the same model decided. Without a limit nothing is judged. */
export function judgeFeatureShift(
  distributions: readonly FeatureDistribution[],
  history: FeatureHistory,
  limit: Limit | undefined,
): readonly Check[] {
  if (limit === undefined) return [];
  return distributions.map((distribution) => {
    const weeks = history.get(distribution.feature.name) ?? [];
    const before = sumOfCounts(weeks, distribution.counts.length);
    const judged = judgeChange('FEATURE_SHIFT', limit, distribution, before, 'the weeks before');
    return weeks.length === 0 ? { ...judged, measured: 'no earlier weeks' } : judged;
  });
}

function judgeChange(
  name: CheckName,
  limit: Limit,
  { feature, edges, counts }: FeatureDistribution,
  expected: ArrayLike<number>,
  against: string,
): Check {
  const index = populationStabilityIndex(expected, counts);
  const verdict = verdictAbove(index, limit);
  const growth = verdict === 'PASS' ? null : greatestGrowth(edges, expected, counts);
  const columns = columnsOf(feature.recipe).filter((column) => column !== feature.name);
  const subject = columns.length === 0 ? feature.name : `${feature.name} (${columns.join(', ')})`;
  const message =
    growth === null
      ? `population stability index of the eligible against ${against}`
      : growthText('the eligible', featureRangeText(feature, growth), growth, against);
  return check(name, verdict, {
    measured: index.toFixed(3),
    limit: limitText(limit),
    message: `${subject}: ${message}`,
    subject: feature.name,
  });
}

/** What grew, as a sentence: `42.00 % of the eligible are now at most 29 years, in the reference sample 12.00 %`. */
export function growthText(whom: string, range: string, { before, now }: Growth, against: string): string {
  return `${percent(now)} of ${whom} are now ${range}, in ${against} ${percent(before)}`;
}

/** The values of a range as a person says them. */
export function rangeText({ from, to }: ValueRange, unit?: string): string {
  const value = (edge: number) => `${Number(edge.toPrecision(4))}${unit === undefined ? '' : ` ${unit}`}`;
  if (from === null) return to === null ? 'of any value' : `at most ${value(to)}`;
  return to === null ? `above ${value(from)}` : `above ${value(from)} and at most ${value(to)}`;
}

/** More texts than these are counted. */
const NAMED_TEXTS = 5;

/** The same of a feature; of one that stands for texts, which texts. */
export function featureRangeText({ recipe, unit }: CardFeature, range: ValueRange): string {
  if (!('category' in recipe)) return rangeText(range, unit);
  const within = (code: number) =>
    (range.from === null || code > range.from) && (range.to === null || code <= range.to);
  const texts = Object.keys(recipe.codes).filter((text) => within(recipe.codes[text] ?? Number.NaN));
  if (within(recipe.otherwise) && !Object.values(recipe.codes).includes(recipe.otherwise))
    texts.push('another text');
  if (texts.length === 0) return rangeText(range);
  const more = texts.length - NAMED_TEXTS;
  return `${texts.slice(0, NAMED_TEXTS).join(' or ')}${more > 0 ? ` or ${more} more` : ''}`;
}
