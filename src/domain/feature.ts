import type { FeatureOverride } from './campaign.ts';
import { holdsOn } from './feature-override.ts';
import { type FeatureShift, shifted } from './feature-shift.ts';
import type { ColumnLayout, FeedContract } from './feed-contract.ts';
import { layoutOf } from './feed-contract.ts';
import type { CardFeature } from './model-card.ts';
import { columnsOf } from './recipe.ts';
import { addDays, type IsoDate } from './week.ts';

/** The closing price of one of the bank's funds on a day. */
export interface FundPrice {
  readonly date: IsoDate;
  readonly fund: string;
  readonly price: number;
}

/** Rows of a snapshot by column, in the order of the contract's layout: NaN and null are missing values. */
export interface ColumnBlock {
  readonly rows: number;
  readonly numbers: readonly Float64Array[];
  readonly texts: readonly (readonly (string | null)[])[];
}

/** A card's features ready to be computed for any block of the week. */
export interface Features {
  /** Features a row. */
  readonly width: number;
  /**
   * Writes rows × width into `matrix` (row-major float32, NaN where a row lacks a value) and 1 or 0 a row into
   * `complete`: 0 is DATA_INCOMPLETE. Gives the number of complete rows. Allocates nothing.
   */
  compute(block: ColumnBlock, matrix: Float32Array, complete: Uint8Array): number;
}

/** One feature of one row in float64; NaN where it has no value. */
type Formula = (block: ColumnBlock, row: number) => number;

/**
 * Prepares the recipes of a card (feed.md §2). Computed in float64 and rounded to float32 at the end. A value that is
 * missing or not finite (a division by zero, a number beyond float32) becomes `missing` where the recipe has it and
 * leaves the row incomplete where not. `clip` bounds what was computed; the value of `missing` stands as it is.
 * A shift moves what was computed, before `clip`; what is missing has nothing to move. An override in force (asOf before
 * `expires`) replaces the value whatever the row holds.
 * Throws where a recipe names a column that the layout lacks, or an override in force a feature that the card lacks.
 */
export function compileFeatures(
  features: readonly CardFeature[],
  layout: ColumnLayout,
  funds: readonly FundPrice[],
  asOf: IsoDate,
  overrides: readonly FeatureOverride[],
  shifts: readonly FeatureShift[] = [],
): Features {
  const held = overridesInForce(features, asOf, overrides);
  const formulas = features.map((feature) => {
    const value = held.get(feature.name);
    if (value !== undefined) return () => value;
    const own = shifts.filter((shift) => shift.feature === feature.name);
    const formula = formulaOf(feature.recipe, layout, funds, asOf);
    return finished(feature, own.length === 0 ? formula : (block, row) => shifted(formula(block, row), own));
  });
  const width = formulas.length;
  return {
    width,
    compute(block, matrix, complete) {
      const { rows } = block;
      if (matrix.length < rows * width || complete.length < rows)
        throw new RangeError('no room for the rows');
      complete.fill(1, 0, rows);
      for (let feature = 0; feature < width; feature += 1) {
        const formula = formulas[feature];
        if (formula === undefined) break;
        for (let row = 0; row < rows; row += 1) {
          const value = Math.fround(formula(block, row));
          matrix[row * width + feature] = value;
          if (Number.isNaN(value)) complete[row] = 0;
        }
      }
      let count = 0;
      for (let row = 0; row < rows; row += 1) count += complete[row] ?? 0;
      return count;
    },
  };
}

/**
 * The mean over the funds of price(asOf) / price(asOf − days) − 1, each price the last one on or before its day.
 * A fund without a price on or before the earlier day is not in the mean; null when none is left.
 */
export function fundChange(funds: readonly FundPrice[], asOf: IsoDate, days: number): number | null {
  const before = lastPrices(funds, addDays(asOf, -days));
  const now = lastPrices(funds, asOf);
  // By name, so that the order of the rows in funds.csv cannot change the last bits of the mean.
  const changes = [...before.keys()].sort().map((fund) => {
    const earlier = before.get(fund)?.price ?? Number.NaN;
    return (now.get(fund)?.price ?? Number.NaN) / earlier - 1;
  });
  const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
  return Number.isFinite(mean) ? mean : null;
}

/** The columns that the recipes read and that the contract does not offer to models: segments are for reports only. */
export function missingColumns(
  card: { readonly features: readonly CardFeature[] },
  contract: FeedContract,
): readonly string[] {
  const layout = layoutOf(contract);
  const lacking = card.features.flatMap(({ recipe }) => {
    const offered = 'category' in recipe ? layout.texts : layout.numbers;
    return columnsOf(recipe).filter(
      (name) => !offered.some((column) => column.name === name && column.category !== 'segment'),
    );
  });
  return [...new Set(lacking)];
}

/** The value at which each feature under an override that holds is held, by name. */
export function overridesInForce(
  features: readonly CardFeature[],
  asOf: IsoDate,
  overrides: readonly FeatureOverride[],
): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  for (const { feature, value } of overrides.filter((override) => holdsOn(override, asOf))) {
    if (!features.some(({ name }) => name === feature)) {
      throw new Error(
        `an override holds the feature ${JSON.stringify(feature)}, which the model does not have`,
      );
    }
    held.set(feature, value);
  }
  return held;
}

function finished({ recipe }: CardFeature, formula: Formula): Formula {
  const [low, high] = recipe.clip ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const missing = recipe.missing ?? Number.NaN;
  return (block, row) => {
    const value = formula(block, row);
    if (!Number.isFinite(value)) return missing;
    const clipped = Math.min(Math.max(value, low), high);
    return Number.isFinite(Math.fround(clipped)) ? clipped : missing;
  };
}

function formulaOf(
  recipe: CardFeature['recipe'],
  layout: ColumnLayout,
  funds: readonly FundPrice[],
  asOf: IsoDate,
): Formula {
  if ('column' in recipe) return numberOf(layout, recipe.column);
  if ('weighted' in recipe) return weighted(layout, recipe.weighted);
  if ('difference' in recipe) return pair(layout, recipe.difference, (a, b) => a - b);
  if ('relativeChange' in recipe) return pair(layout, recipe.relativeChange, (a, b) => a / b - 1);
  if ('ratio' in recipe) return pair(layout, recipe.ratio, (a, b) => a / b);
  if ('category' in recipe) return category(layout, recipe);
  const change = fundChange(funds, asOf, recipe.fundChange.days) ?? Number.NaN;
  return () => change;
}

function weighted(layout: ColumnLayout, weights: Readonly<Record<string, number>>): Formula {
  // By name, so that the order of the keys, which a store may not keep, cannot change the last bits of the sum.
  const terms = Object.entries(weights)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, weight]) => ({ value: numberOf(layout, name), weight }));
  return (block, row) => {
    let sum = 0;
    for (const { value, weight } of terms) sum += weight * value(block, row);
    return sum;
  };
}

function pair(
  layout: ColumnLayout,
  [first, second]: readonly [string, string],
  combine: (a: number, b: number) => number,
): Formula {
  const a = numberOf(layout, first);
  const b = numberOf(layout, second);
  return (block, row) => combine(a(block, row), b(block, row));
}

function category(
  layout: ColumnLayout,
  recipe: Extract<CardFeature['recipe'], { readonly category: string }>,
): Formula {
  const index = indexOf(layout.texts, recipe.category);
  const codes = new Map(Object.entries(recipe.codes));
  return (block, row) => {
    const value = block.texts[index]?.[row] ?? null;
    return value === null ? Number.NaN : (codes.get(value) ?? recipe.otherwise);
  };
}

function numberOf(layout: ColumnLayout, name: string): Formula {
  const index = indexOf(layout.numbers, name);
  return (block, row) => block.numbers[index]?.[row] ?? Number.NaN;
}

function indexOf(columns: ColumnLayout['numbers'], name: string): number {
  const index = columns.findIndex((column) => column.name === name);
  if (index < 0) throw new Error(`a recipe reads the column ${JSON.stringify(name)}, which the feed lacks`);
  return index;
}

function lastPrices(funds: readonly FundPrice[], day: IsoDate): ReadonlyMap<string, FundPrice> {
  const last = new Map<string, FundPrice>();
  for (const price of funds) {
    if (price.date > day) continue;
    const known = last.get(price.fund);
    if (known === undefined || price.date >= known.date) last.set(price.fund, price);
  }
  return last;
}
