import type { AskModel } from '../mixtures.ts';
import { evenly, type TrainingTable, type TrainingWeek } from '../training-table.ts';
import { type GateMaterial, scoreVaried } from './gate-material.ts';

/** A feature counts as constant within a week where the week explains this share of its variance. */
const CONSTANT_SHARE = 0.99;
/** Values are the same to the model unless more than this share of the customers gets other odds from them. */
const MOVED_SHARE = 0.2;
/** Odds that differ by no more than a tenth are the same odds. */
const SAME_ODDS = Math.log(1.1);
/** Scores nearer to 0 or 1 than this count as this near: odds are finite. */
const NEAREST = 1e-6;
/** Rows of the reference sample that the model is asked about. */
const SAMPLE_ROWS = 50;
/** Larger combinations are named only where no smaller one is a key. */
const LARGEST_NAMED = 3;
/** Of more features than this, one combination is named, not all. */
const MOST_COMBINED = 20;

/** A feature that is the same for everyone in a week, as the model reads it. */
export interface WeekConstant {
  readonly name: string;
  /** Its value in each week, in the order of the weeks. */
  readonly values: readonly number[];
  /** The step of the model's answers that each of those values lies on, 0 being the step of the lowest value. */
  readonly steps: readonly number[];
}

/** How far a combination of week-constant features tells weeks apart. */
export interface WeekCombination {
  readonly features: readonly WeekConstant[];
  /** Kinds of weeks that it tells apart. */
  readonly kinds: number;
  /** Whether each week is the only one of its kind. */
  readonly alone: readonly boolean[];
  /** The share of weeks that are alone. */
  readonly share: number;
}

/**
 * The features that are constant within a week, each at the resolution at which the model reads it: values next to each
 * other are one step until a fifth of the reference sample gets other odds from them, by more than a tenth.
 */
export async function weekConstants(
  ask: AskModel,
  { features, training, reference }: GateMaterial,
  weeks: readonly TrainingWeek[],
): Promise<readonly WeekConstant[]> {
  const sample = evenly(reference, SAMPLE_ROWS);
  const found: WeekConstant[] = [];
  for (const [at, { name }] of features.entries()) {
    const column = columnByWeek(training, features.length, at, weeks);
    if (!isWeekConstant(column)) continue;
    const values = column.map(middleOf);
    const distinct = [...new Set(values)].sort((a, b) => a - b);
    const scores = await scoreVaried(ask, sample, at, distinct);
    const stepOf = stepsOf(distinct, scores, sample.length);
    found.push({ name, values, steps: values.map((value) => stepOf.get(value) ?? 0) });
  }
  return found;
}

/** How far these features together tell the weeks apart. */
export function combine(features: readonly WeekConstant[], weeks: number): WeekCombination {
  const kinds = Array.from({ length: weeks }, (_, week) => features.map(({ steps }) => steps[week]).join());
  const sizes = new Map<string, number>();
  for (const kind of kinds) sizes.set(kind, (sizes.get(kind) ?? 0) + 1);
  const alone = kinds.map((kind) => sizes.get(kind) === 1);
  const share = weeks === 0 ? 0 : alone.filter(Boolean).length / weeks;
  return { features, kinds: sizes.size, alone, share };
}

/**
 * The smallest combinations above a share, none of which holds another. A combination singles out no fewer weeks than its
 * parts do, so if all features together stay below, none is above; and if they do not, one is always named.
 */
export function minimalCombinations(
  features: readonly WeekConstant[],
  weeks: number,
  above: number,
): readonly WeekCombination[] {
  const all = combine(features, weeks);
  if (all.share <= above) return [];
  const found: WeekCombination[] = [];
  const searched = features.length > MOST_COMBINED ? 0 : Math.min(LARGEST_NAMED, features.length);
  for (let size = 1; size <= searched; size++)
    for (const chosen of choices(features, size)) {
      if (found.some((smaller) => smaller.features.every((feature) => chosen.includes(feature)))) continue;
      const combination = combine(chosen, weeks);
      if (combination.share > above) found.push(combination);
    }
  return found.length > 0 ? found : [leaveOut(all, weeks, above)];
}

/** Leaves out what is not needed to stay above, one feature after the other. */
function leaveOut(all: WeekCombination, weeks: number, above: number): WeekCombination {
  return all.features.reduce((kept, feature) => {
    const less = combine(
      kept.features.filter((other) => other !== feature),
      weeks,
    );
    return less.share > above ? less : kept;
  }, all);
}

function* choices<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  if (size === 0) yield [];
  else
    for (const [place, item] of items.entries())
      for (const rest of choices(items.slice(place + 1), size - 1)) yield [item, ...rest];
}

/** The lower of the two middle values of an even count: a model may take no other numbers than those that occur. */
function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? Number.NaN;
}

function columnByWeek(
  { matrix }: TrainingTable,
  width: number,
  at: number,
  weeks: readonly TrainingWeek[],
): readonly (readonly number[])[] {
  return weeks.map(({ rows }) => rows.map((row) => matrix[row * width + at] ?? Number.NaN));
}

/**
 * Whether the week explains nearly all of a feature's variance: epsilon squared (Kelley, PNAS 21, 1935), which unlike plain
 * eta squared expects nothing of weeks with few rows. Noise put over a feature does not hide that it names the week.
 */
function isWeekConstant(column: readonly (readonly number[])[]): boolean {
  const rows = column.reduce((sum, values) => sum + values.length, 0);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = (values: readonly number[], around: number) =>
    values.reduce((sum, value) => sum + (value - around) ** 2, 0);
  const total = column.reduce((sum, values) => sum + mean(values) * values.length, 0) / rows;
  const around = column.reduce((sum, values) => sum + squares(values, total), 0) / (rows - 1);
  const within =
    column.reduce((sum, values) => sum + squares(values, mean(values)), 0) / (rows - column.length);
  return around > 0 && 1 - within / around >= CONSTANT_SHARE;
}

/** The step of each of these ascending values; a step ends where the odds of enough customers leave those of its first value. */
function stepsOf(
  values: readonly number[],
  scores: Float64Array,
  sample: number,
): ReadonlyMap<number, number> {
  const logOdds = scores.map((score) => {
    const kept = Math.min(Math.max(score, NEAREST), 1 - NEAREST);
    return Math.log(kept / (1 - kept));
  });
  const differ = (one: number, other: number) => {
    const of = logOdds.subarray(one * sample, (one + 1) * sample);
    const moved = of.filter(
      (odds, row) => Math.abs(odds - (logOdds[other * sample + row] ?? 0)) > SAME_ODDS,
    ).length;
    return moved > MOVED_SHARE * sample;
  };
  const steps = new Map<number, number>();
  let [step, first] = [0, 0];
  for (const [place, value] of values.entries()) {
    if (differ(first, place)) [step, first] = [step + 1, place];
    steps.set(value, step);
  }
  return steps;
}
