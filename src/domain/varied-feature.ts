import { endsOfBands, smallestOfBands } from './band-of.ts';
import type { FeatureOverride } from './campaign.ts';
import { FLAGS } from './eligibility.ts';
import { overridesInForce } from './feature.ts';
import type { FeedContract } from './feed-contract.ts';
import { forbiddenColumn } from './forbidden-data.ts';
import type { CardFeature, ModelCard } from './model-card.ts';
import { columnsOf, type Recipe } from './recipe.ts';
import type { IsoDate } from './week.ts';

/** Columns that decide who may be mailed: nobody is told to be another age, or of another mind about mail. */
export const NEVER_VARIED: ReadonlySet<string> = new Set([
  'age',
  'opt_in_on',
  ...FLAGS.map(([column]) => column),
]);

/** A value that a feature may be given instead of its own. */
export interface Step {
  /** A number that a person would write; the model gets it as float32. */
  readonly to: number;
  /** How big a change it is, in spreads of the feature in the reference sample. */
  readonly size: number;
}

/** A feature that may be varied to see whether that turns an outcome. */
export interface VariedFeature {
  readonly name: string;
  /** Its position in the card. */
  readonly at: number;
  /** The values to try instead of `own`; none where `own` only stands for a missing value. */
  stepsFrom(own: number): readonly Step[];
}

/** Steps over the whole range of a feature, at most. */
const MOST_STEPS = 1000;

/**
 * The features of a card that may be varied, in card order: changeable by the card, not of the market, not held by an override
 * in force, and not computed from a column that decides eligibility (NEVER_VARIED or that category) or is forbidden data.
 *
 * The values to try are the multiples of a round step (1, 2 or 5 × 10^k, at most 1,000 of them, whole where the columns are)
 * over the range of the reference sample and the own value, within `clip` and the contract's limits of the column. Spread is
 * the standard deviation of the reference sample: unlike the quartiles' distance, which is 0 for a rare flag, it is above 0 for
 * whatever varies at all, and what does not vary there is not varied here. Codes of a category have no distance: the size of
 * a change to a code is that of a flag "is it" from 0 to 1, and codes that the sample lacks are not tried.
 * @param reference rows of the model's reference sample, features in card order
 * @param cuts the values at which alone the score steps, by feature: of values that score the same only the nearest is tried. Null
 * where nobody knows them.
 */
export function variedFeatures(
  card: ModelCard,
  contract: FeedContract,
  reference: readonly (readonly number[])[],
  overrides: readonly FeatureOverride[],
  asOf: IsoDate,
  cuts: readonly Float32Array[] | null,
): readonly VariedFeature[] {
  const held = overridesInForce(card.features, asOf, overrides);
  return card.features.flatMap((feature, at) => {
    if (held.has(feature.name) || !mayVary(feature, contract)) return [];
    const sample = reference.map((row) => Math.fround(row[at] ?? Number.NaN));
    const { name, recipe } = feature;
    const own = cuts === null ? null : (cuts[at] ?? new Float32Array());
    const steps =
      'category' in recipe
        ? codeSteps(Object.values(recipe.codes), sample)
        : numberSteps(boundsOf(recipe, contract), isWhole(recipe, contract), sample, own);
    const stepsFrom: VariedFeature['stepsFrom'] =
      own === null ? steps : (value) => smallestOfBands(steps(value), value, own);
    return { name, at, stepsFrom };
  });
}

function mayVary({ changeable, recipe }: CardFeature, contract: FeedContract): boolean {
  const columns = columnsOf(recipe);
  const barred = columns.some((name) => {
    const category = columnOf(contract, name)?.category;
    return category !== 'feature' || NEVER_VARIED.has(name) || forbiddenColumn(name) !== null;
  });
  return changeable && columns.length > 0 && !barred;
}

function codeSteps(codes: readonly number[], sample: readonly number[]): VariedFeature['stepsFrom'] {
  const steps = [...new Set(codes)]
    .sort((a, b) => a - b)
    .map((to) => {
      const share = sample.filter((value) => value === Math.fround(to)).length / sample.length;
      return { to, size: 1 / Math.sqrt(share * (1 - share)) };
    });
  return (own) =>
    steps.some(({ to }) => Math.fround(to) === own)
      ? steps.filter(({ to, size }) => Math.fround(to) !== own && Number.isFinite(size))
      : [];
}

function numberSteps(
  [low, high]: readonly [number, number],
  whole: boolean,
  sample: readonly number[],
  cuts: Float32Array | null,
): VariedFeature['stepsFrom'] {
  // What the recipe cannot compute stands for a missing value (recipe.missing), and says nothing of the range.
  const isComputed = (value: number) => value >= Math.fround(low) && value <= Math.fround(high);
  const computed = sample.filter(isComputed);
  const least = computed.reduce((a, b) => Math.min(a, b), high);
  const most = computed.reduce((a, b) => Math.max(a, b), low);
  if (least >= most) return () => [];
  const spread = standardDeviation(computed);
  // Few customers lie outside the range of the sample; all others are tried with the same numbers.
  const numbersOf = (from: number, to: number) => {
    const numbers = roundNumbers(from, to, whole);
    return cuts === null ? numbers : endsOfBands(numbers, cuts);
  };
  const usual = numbersOf(least, most);
  return (own) => {
    if (!isComputed(own)) return [];
    const outside = own < least || own > most;
    const numbers = outside ? numbersOf(Math.min(least, own), Math.max(most, own)) : usual;
    return numbers
      .map((to) => ({ to, size: Math.abs(Math.fround(to) - own) / spread }))
      .filter(({ size }) => size > 0);
  };
}

/** The multiples from `low` to `high` of the smallest round step of which there are no more than MOST_STEPS. */
function roundNumbers(low: number, high: number, whole: boolean): readonly number[] {
  const least = (high - low) / MOST_STEPS;
  let exponent = Math.floor(Math.log10(least)) - 1;
  if (whole) exponent = Math.max(exponent, 0);
  // Written as decimals and read, so that each is the nearest to what a person sees.
  const decimal = (digits: number) => Number(`${digits}e${exponent}`);
  let digit = 1;
  while (decimal(digit) < least) {
    digit = digit === 1 ? 2 : digit === 2 ? 5 : 1;
    if (digit === 1) exponent++;
  }
  const step = decimal(digit);
  const numbers: number[] = [];
  for (let i = Math.ceil(low / step) - 1; i <= Math.floor(high / step) + 1; i++) {
    const number = decimal(i * digit);
    if (number >= low && number <= high) numbers.push(number);
  }
  return numbers;
}

function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** The least and the greatest value that a recipe gives when nothing is missing. */
function boundsOf(recipe: Recipe, contract: FeedContract): readonly [number, number] {
  const [low, high] = recipe.clip ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const column = 'column' in recipe ? columnOf(contract, recipe.column) : undefined;
  const flag = column?.type === 'boolean';
  return [Math.max(low, flag ? 0 : (column?.min ?? low)), Math.min(high, flag ? 1 : (column?.max ?? high))];
}

/** Whether a recipe gives whole numbers. */
function isWhole(recipe: Recipe, contract: FeedContract): boolean {
  const whole = columnsOf(recipe).every((name) => {
    const type = columnOf(contract, name)?.type;
    return type === 'integer' || type === 'boolean' || type === 'date';
  });
  if ('weighted' in recipe) return whole && Object.values(recipe.weighted).every(Number.isInteger);
  return whole && ('column' in recipe || 'difference' in recipe);
}

function columnOf(contract: FeedContract, name: string): FeedContract['columns'][number] | undefined {
  return contract.columns.find((column) => column.name === name);
}
