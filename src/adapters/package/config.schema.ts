import { z } from 'zod';
import { DEFAULT_LIMITS, LIMITED_CHECKS, type Limit, type LimitedCheck } from '../../domain/campaign.ts';
import {
  DEFAULT_GATE_LIMITS,
  type GateLimit,
  LIMITED_MEASURES,
  type LimitedMeasure,
} from '../../domain/gates/gate-limits.ts';
import { settingFaults } from '../../domain/setting-rules.ts';

/** The form of the settings; their bounds, and what must hold between them, are judged once they have it (settingFaults). */
const number = z.number('must be a finite number');
const whole = z.number('must be a whole number');
const words = z.string('must be text (quotes make a number into text)').trim();

const band = z
  .strictObject({ min: number, max: number }, 'must be { min, max } or null')
  .nullable()
  .default(null);

const bound = number.nullable().optional();

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
    .default(preset);
}

type LimitSchemas = { readonly [Check in LimitedCheck]: ReturnType<typeof limitOf> };
const limitSchemas: LimitSchemas = {
  FEED_ROWS: limitOf('FEED_ROWS'),
  FEED_REJECTED: limitOf('FEED_REJECTED'),
  FEED_NULLS: limitOf('FEED_NULLS'),
  FEED_RATES: limitOf('FEED_RATES'),
  DRIFT: limitOf('DRIFT'),
  FEATURE_SHIFT: limitOf('FEATURE_SHIFT'),
  VOLUME_SPIKE: limitOf('VOLUME_SPIKE'),
  OVERCONFIDENT: limitOf('OVERCONFIDENT'),
  SCORE_SHIFT: limitOf('SCORE_SHIFT'),
  NARROW: limitOf('NARROW'),
  REVIEW_TIME: limitOf('REVIEW_TIME'),
  REVIEW_OPENED: limitOf('REVIEW_OPENED'),
  REVIEW_STREAK: limitOf('REVIEW_STREAK'),
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

const override = z.strictObject({ feature: words, value: number, reason: words, expires: words });

/** The initial config of a campaign, defaults filled in. */
export const config = z
  .strictObject({
    threshold: number,
    capacity: whole,
    minAge: whole,
    maxAge: whole,
    holdoutShare: number,
    explorationSize: whole,
    evaluationWeeks: whole,
    restWeeks: whole,
    maxMailsPerDay: whole,
    maxMailsPer14Days: whole,
    volumeMin: whole,
    volumeMax: whole,
    marketWeekBand: band,
    marketMonthBand: band,
    sampleSize: whole,
    schedule: words,
    overrides: z.array(override, 'must be a list').default([]),
    limits: z
      .strictObject(limitSchemas, `must be limits of ${LIMITED_CHECKS.join(', ')}`)
      .default(DEFAULT_LIMITS),
    // Left out, it stays out: the digest of settings that were made before there were gate limits is as it was.
    gates: z.strictObject(gateLimitSchemas, `must be limits of ${LIMITED_MEASURES.join(', ')}`).optional(),
  })
  .superRefine((settings, context) => {
    for (const { path, rule } of settingFaults(settings))
      context.addIssue({ code: 'custom', path: [...path], message: rule });
  });
