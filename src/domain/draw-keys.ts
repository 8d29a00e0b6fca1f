import { type IsoWeek, weeksBetween } from './week.ts';

/**
 * What each draw's key is named after. A key is the first 16 bytes of SHA-256 of seed, a line feed and the name. The holdout's
 * stays the same for an evaluation period, counted from the week in which the settings took effect.
 */
export const DRAW = {
  ties: (week: IsoWeek) => `ties/${week}`,
  exploration: (week: IsoWeek) => `exploration/${week}`,
  sample: (week: IsoWeek) => `sample/${week}`,
  /** @param before how many fallback batches the week had before */
  fallback: (week: IsoWeek, before: number) => `fallback/${week}/${before}`,
  fallbackSample: (week: IsoWeek, before: number) => `fallback-sample/${week}/${before}`,
  holdout: (settingsSince: IsoWeek, evaluationWeeks: number, week: IsoWeek) =>
    `holdout/${settingsSince}/${Math.floor(weeksBetween(settingsSince, week) / evaluationWeeks)}`,
} as const;
