import { type Config, LIMITED_CHECKS, LOW_IS_BAD, NEVER } from './campaign.ts';
import { ADULT_AGE } from './eligibility.ts';
import { LIMITED_MEASURES } from './gates/gate-limits.ts';
import { isSchedule } from './schedule.ts';
import { dayNumber } from './week.ts';

/** What is wrong with a setting: where it stands, and the rule, which ends the sentence "this setting …". */
export interface SettingFault {
  readonly path: readonly (string | number)[];
  readonly rule: string;
}

/** The rule that a value breaks, null where it breaks none. */
type Rule<T> = (value: T) => string | null;

const MOST_OVERRIDES = 50;

const number: Rule<number> = (value) => {
  if (!Number.isFinite(value)) return 'must be a finite number';
  // What a float32 holds, with room for the rounding.
  return Math.abs(value) <= 3.4e38 ? null : 'must be within ±3.4e38';
};

const share: Rule<number> = (value) =>
  number(value) ?? (value >= 0 && value <= 1 ? null : 'must be from 0 to 1');

const notNegative: Rule<number> = (value) => number(value) ?? (value >= 0 ? null : 'must not be negative');

function count(min = 0, max = 2_147_483_647): Rule<number> {
  return (value) => {
    if (!Number.isInteger(value)) return 'must be a whole number';
    if (value < min) return min === 0 ? 'must not be negative' : `must be at least ${min}`;
    return value <= max ? null : `must not be larger than ${max}`;
  };
}

function text(longest: number): Rule<string> {
  return (value) => {
    if (value.trim() === '') return 'must not be empty';
    return value.length <= longest ? null : `must not be longer than ${longest} characters`;
  };
}

/** A relative change of prices: they cannot fall by more than all of it. */
const change: Rule<number> = (value) => number(value) ?? (value >= -1 ? null : 'must not be below -1');

const day: Rule<string> = (value) => {
  try {
    dayNumber(value);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return 'must be a date that exists, 2026-11-16';
    throw error;
  }
};

const schedule: Rule<string> = (value) =>
  text(100)(value) ??
  (isSchedule(value) ? null : 'must be a cron expression of five fields, "0 1 * * 0", that comes due');

/** The settings that are a number, each with its bounds. Minors are never mailed; a sample of nobody would let all pass. */
const NUMBERS = {
  threshold: share,
  capacity: count(),
  minAge: count(ADULT_AGE, 120),
  maxAge: count(0, 120),
  holdoutShare: share,
  explorationSize: count(),
  evaluationWeeks: count(1, 520),
  restWeeks: count(0, 520),
  maxMailsPerDay: count(),
  maxMailsPer14Days: count(),
  volumeMin: count(),
  volumeMax: count(),
  sampleSize: count(1, 10_000),
} as const satisfies Readonly<Partial<Record<keyof Config, Rule<number>>>>;

/** Which setting may not be larger than which. */
const ORDERED = [
  ['minAge', 'maxAge'],
  ['volumeMin', 'volumeMax'],
  ['maxMailsPerDay', 'maxMailsPer14Days'],
] as const;

/**
 * Everything that is wrong with settings, whatever their source: the bounds of each and what must hold between them, in their
 * order. A campaign's definition and a config change are judged by it alike.
 */
export function settingFaults(config: Config): readonly SettingFault[] {
  const names = Object.keys(NUMBERS) as (keyof typeof NUMBERS)[];
  return [
    ...names.flatMap((name) => broken([name], NUMBERS[name](config[name]))),
    ...ORDERED.flatMap(([low, high]) =>
      broken([high], config[low] > config[high] ? `must not be less than ${low}` : null),
    ),
    ...bandFaults(config, 'marketWeekBand'),
    ...bandFaults(config, 'marketMonthBand'),
    ...broken(['schedule'], schedule(config.schedule)),
    ...overrideFaults(config),
    ...limitFaults(config),
    ...gateFaults(config),
  ];
}

function broken(path: SettingFault['path'], rule: string | null): readonly SettingFault[] {
  return rule === null ? [] : [{ path, rule }];
}

function bandFaults(config: Config, name: 'marketWeekBand' | 'marketMonthBand'): readonly SettingFault[] {
  const band = config[name];
  if (band === null) return [];
  const ends = [...broken([name, 'min'], change(band.min)), ...broken([name, 'max'], change(band.max))];
  if (ends.length > 0) return ends;
  return broken([name], band.min < band.max ? null : 'min must be less than max');
}

function overrideFaults({ overrides }: Config): readonly SettingFault[] {
  if (overrides.length > MOST_OVERRIDES)
    return broken(['overrides'], `must not be more than ${MOST_OVERRIDES}`);
  const names = overrides.map(({ feature }) => feature);
  return overrides.flatMap(({ feature, value, reason, expires }, index) => [
    ...broken(
      ['overrides', index, 'feature'],
      text(64)(feature) ?? (names.indexOf(feature) < index ? 'is overridden twice' : null),
    ),
    ...broken(['overrides', index, 'value'], number(value)),
    ...broken(['overrides', index, 'reason'], text(2000)(reason)),
    ...broken(['overrides', index, 'expires'], day(expires)),
  ]);
}

function limitFaults({ limits }: Config): readonly SettingFault[] {
  return LIMITED_CHECKS.flatMap((check) => {
    const { warn, halt } = limits[check] ?? NEVER;
    const single = [
      ...broken(['limits', check, 'warn'], warn === null ? null : notNegative(warn)),
      ...broken(['limits', check, 'halt'], halt === null ? null : notNegative(halt)),
    ];
    if (check === 'REVIEW_STREAK' && halt !== null)
      return [...single, ...broken(['limits', check, 'halt'], 'must be null: a streak cannot be undone')];
    if (single.length > 0 || warn === null || halt === null) return single;
    if (LOW_IS_BAD.includes(check))
      return broken(['limits', check], halt <= warn ? null : 'halt must not be more than warn');
    return broken(['limits', check], warn <= halt ? null : 'warn must not be more than halt');
  });
}

function gateFaults({ gates }: Config): readonly SettingFault[] {
  if (gates === undefined) return [];
  return LIMITED_MEASURES.flatMap((measure) => {
    const { warn, fail } = gates[measure];
    const single = [
      ...broken(['gates', measure, 'warn'], warn === null ? null : notNegative(warn)),
      ...broken(['gates', measure, 'fail'], fail === null ? null : notNegative(fail)),
    ];
    if (single.length > 0 || warn === null || fail === null) return single;
    return broken(['gates', measure], warn <= fail ? null : 'warn must not be more than fail');
  });
}
