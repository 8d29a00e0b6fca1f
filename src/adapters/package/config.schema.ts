import { CronExpressionParser } from 'cron-parser';
import { z } from 'zod';
import { DEFAULT_LIMITS, LIMITED_CHECKS, type Limit, type LimitedCheck } from '../../domain/campaign.ts';
import {
  DEFAULT_GATE_LIMITS,
  type GateLimit,
  LIMITED_MEASURES,
  type LimitedMeasure,
} from '../../domain/gates/gate-limits.ts';
import { count, day, number, share, text } from './fields.schema.ts';

const band = z
  .strictObject({ min: number, max: number }, 'must be { min, max } or null')
  .refine(({ min, max }) => min < max, 'min must be less than max')
  .nullable()
  .default(null);

const bound = number
  .refine((value) => value >= 0, 'must not be negative')
  .nullable()
  .optional();

/** The limits of one check: what is left out has its default, null never fires. */
function limitOf(check: LimitedCheck) {
  const preset = DEFAULT_LIMITS[check];
  return z
    .strictObject({ warn: bound, halt: bound }, 'must be { warn, halt }')
    .transform(
      ({ warn, halt }): Limit => ({
        warn: warn === undefined ? preset.warn : warn,
        halt: halt === undefined ? preset.halt : halt,
      }),
    )
    .refine(
      ({ warn, halt }) =>
        warn === null || halt === null || (check === 'NARROW' ? halt <= warn : warn <= halt),
      {
        error: check === 'NARROW' ? 'halt must not be more than warn' : 'warn must not be more than halt',
      },
    )
    .default(preset);
}

type LimitSchemas = { readonly [Check in LimitedCheck]: ReturnType<typeof limitOf> };
const limitSchemas: LimitSchemas = {
  FEED_ROWS: limitOf('FEED_ROWS'),
  FEED_REJECTED: limitOf('FEED_REJECTED'),
  FEED_NULLS: limitOf('FEED_NULLS'),
  FEED_RATES: limitOf('FEED_RATES'),
  DRIFT: limitOf('DRIFT'),
  VOLUME_SPIKE: limitOf('VOLUME_SPIKE'),
  OVERCONFIDENT: limitOf('OVERCONFIDENT'),
  SCORE_SHIFT: limitOf('SCORE_SHIFT'),
  NARROW: limitOf('NARROW'),
};

/** The limits of what a gate measures: what is left out has its default, null never fires. */
function gateLimitOf(measure: LimitedMeasure) {
  const preset = DEFAULT_GATE_LIMITS[measure];
  return z
    .strictObject({ warn: bound, fail: bound }, 'must be { warn, fail }')
    .transform(
      ({ warn, fail }): GateLimit => ({
        warn: warn === undefined ? preset.warn : warn,
        fail: fail === undefined ? preset.fail : fail,
      }),
    )
    .refine(({ warn, fail }) => warn === null || fail === null || warn <= fail, {
      error: 'warn must not be more than fail',
    })
    .default(preset);
}

type GateLimitSchemas = { readonly [Measure in LimitedMeasure]: ReturnType<typeof gateLimitOf> };
const gateLimitSchemas: GateLimitSchemas = {
  COLUMN_ORDER: gateLimitOf('COLUMN_ORDER'),
  WEEK_KEY: gateLimitOf('WEEK_KEY'),
  TOO_GOOD: gateLimitOf('TOO_GOOD'),
  CERTAINTY: gateLimitOf('CERTAINTY'),
  OUT_OF_TIME: gateLimitOf('OUT_OF_TIME'),
  BACKTEST: gateLimitOf('BACKTEST'),
  SENSITIVITY: gateLimitOf('SENSITIVITY'),
  CALIBRATION: gateLimitOf('CALIBRATION'),
};

const override = z.strictObject({ feature: text(64), value: number, reason: text(), expires: day });

/** The initial config of a campaign, defaults filled in. */
export const config = z
  .strictObject({
    threshold: share,
    capacity: count,
    minAge: count,
    maxAge: count,
    holdoutShare: share,
    explorationSize: count,
    evaluationWeeks: count.min(1, 'must be at least 1'),
    restWeeks: count,
    maxMailsPerDay: count,
    maxMailsPer14Days: count,
    volumeMin: count,
    volumeMax: count,
    marketWeekBand: band,
    marketMonthBand: band,
    sampleSize: count,
    schedule: text(100).refine(isSchedule, 'must be a cron expression of five fields, "0 1 * * 0"'),
    overrides: z.array(override, 'must be a list').default([]),
    limits: z
      .strictObject(limitSchemas, `must be limits of ${LIMITED_CHECKS.join(', ')}`)
      .default(DEFAULT_LIMITS),
    // Left out, it stays out: the digest of settings that were made before there were gate limits is as it was.
    gates: z.strictObject(gateLimitSchemas, `must be limits of ${LIMITED_MEASURES.join(', ')}`).optional(),
  })
  .superRefine((config, context) => {
    const ordered = (low: keyof typeof config, high: keyof typeof config): void => {
      if (Number(config[low]) > Number(config[high])) {
        context.addIssue({ code: 'custom', path: [high], message: `must not be less than ${low}` });
      }
    };
    ordered('minAge', 'maxAge');
    ordered('volumeMin', 'volumeMax');
    ordered('maxMailsPerDay', 'maxMailsPer14Days');
    const names = config.overrides.map(({ feature }) => feature);
    names.forEach((name, index) => {
      if (names.indexOf(name) < index) {
        context.addIssue({
          code: 'custom',
          path: ['overrides', index, 'feature'],
          message: 'is overridden twice',
        });
      }
    });
  });

function isSchedule(expression: string): boolean {
  if (expression.trim().split(/\s+/).length !== 5) return false;
  try {
    CronExpressionParser.parse(expression, { tz: 'UTC' }).next();
    return true;
  } catch {
    return false;
  }
}
