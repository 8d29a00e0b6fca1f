import { percent } from '../check.ts';
import type { AskModel } from '../mixtures.ts';
import { figure, type Gate, type GateFigure, unjudgedGate } from '../model-gate.ts';
import { rowsOfWeeks, splitInTime, type TrainingWeek, trainingWeeks } from '../training-table.ts';
import { type GateLimit, gateLimitText, verdictOf } from './gate-limits.ts';
import type { GateMaterial } from './gate-material.ts';
import { combine, minimalCombinations, type WeekCombination, weekConstants } from './week-key.ts';

/** In fewer weeks, which one it is can be read from anything. */
const FEWEST_WEEKS = 8;

/**
 * WEEK_KEY: whether features that are the same for everyone in a week together name the week, at the resolution at which the
 * model reads them. Then it can learn weeks by heart instead of customers. Measured: the share of the weeks in time that the
 * combination of all such features singles out (docs/decisions/0011-week-key.md).
 */
export async function weekKeyGate(ask: AskModel, material: GateMaterial, limit: GateLimit): Promise<Gate> {
  const { inTime } = splitInTime(trainingWeeks(material.training), material.trained);
  const limits = `share of weeks singled out: ${gateLimitText(limit, percent)}`;
  if (inTime.length < FEWEST_WEEKS || rowsOfWeeks(inTime).length < 2 * inTime.length)
    return unjudgedGate(
      'WEEK_KEY',
      limits,
      `training.csv has ${inTime.length} weeks in time, some of a single row: at least ${FEWEST_WEEKS}, of two rows on average, are needed to see whether a feature names the week.`,
    );
  const constants = await weekConstants(ask, material, inTime);
  const all = combine(constants, inTime.length);
  const verdict = verdictOf(all.share, limit);
  const above = verdict === 'FAIL' ? limit.fail : limit.warn;
  const keys =
    verdict === 'PASS' || above === null ? [] : minimalCombinations(constants, inTime.length, above);
  return {
    name: 'WEEK_KEY',
    verdict,
    measured: `${percent(all.share)} of ${inTime.length} weeks`,
    limit: limits,
    message: keys.length === 0 ? harmless(all) : keys.map(sentence).join(' '),
    figures: figures(all, keys, inTime, material),
  };
}

function sentence({ features, alone, kinds }: WeekCombination): string {
  const names = features.map(({ name }) => name);
  const last = names.at(-1);
  const together =
    names.length === 1
      ? `${last} is the same for everyone in a week and singles out`
      : `${names.slice(0, -1).join(', ')} and ${last} are the same for everyone in a week and together single out`;
  return `${together} ${alone.filter(Boolean).length} of ${alone.length} weeks (${kinds} kinds of weeks): the model can learn weeks by heart. Leave ${names.length === 1 ? 'it' : 'one'} out, or give the model fewer steps of it.`;
}

function harmless({ features, kinds, alone }: WeekCombination): string {
  if (features.length === 0) return 'No feature is the same for everyone in a week.';
  const names = features.map(({ name }) => name).join(', ');
  return `By what is the same for everyone in a week (${names}) the model tells ${kinds} ${kinds === 1 ? 'kind' : 'kinds'} of weeks apart among ${alone.length}: too few to learn weeks by heart.`;
}

function figures(
  all: WeekCombination,
  keys: readonly WeekCombination[],
  weeks: readonly TrainingWeek[],
  { training }: GateMaterial,
): readonly GateFigure[] {
  if (all.features.length === 0) return [];
  const single = all.features.map((feature) => combine([feature], weeks.length));
  const shown = new Map(
    [...single, ...keys, all].map((one) => [one.features.map(({ name }) => name).join(' + '), one]),
  );
  const combinations = [...shown].map(
    ([label, { kinds, alone, share }]) =>
      [label, weeks.length, kinds, alone.filter(Boolean).length, share] as const,
  );
  const [{ features, alone } = all] = keys;
  const ofWeeks = weeks.map(({ week, rows }, place) => {
    const converted = rows.reduce((sum, row) => sum + (training.labels[row] ?? 0), 0);
    const read = features.flatMap(({ values, steps }) => [values[place] ?? null, steps[place] ?? null]);
    return [week, rows.length, converted, ...read, alone[place] === true ? 1 : 0] as const;
  });
  return [
    figure(
      'week-constant features',
      'features',
      ['weeks', 'kinds of weeks', 'weeks singled out', 'share'],
      combinations,
    ),
    figure(
      'weeks',
      'week',
      ['rows', 'converted', ...features.flatMap(({ name }) => [name, `step of ${name}`]), 'singled out'],
      ofWeeks,
    ),
  ];
}
