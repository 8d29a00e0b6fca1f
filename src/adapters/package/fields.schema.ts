import { z } from 'zod';
import { COLUMN_NAME } from '../../domain/feed-contract-rules.ts';
import { dayNumber, isWeek } from '../../domain/week.ts';

/** Fields that definition files share. The messages finish the sentence "this field …". */

export const text = (longest = 2000) =>
  z
    .string('must be text (quotes make a number into text)')
    .trim()
    .min(1, 'must not be empty')
    .max(longest, `must not be longer than ${longest} characters`);

export const number = z
  .number('must be a finite number')
  // What a float32 holds, with room for the rounding.
  .refine((value) => Math.abs(value) <= 3.4e38, 'must be within ±3.4e38');

export const count = z
  .number('must be a whole number')
  .int('must be a whole number')
  .min(0, 'must not be negative')
  .max(2_147_483_647, 'must not be larger than 2147483647');

export const flag = z.boolean('must be true or false');

export const label = z.strictObject({ nl: text(), en: text() }, 'must be { nl, en }');

/** A text, or the same in both languages. */
export const wording = (longest = 2000) =>
  z.union(
    [text(longest), z.strictObject({ nl: text(longest), en: text(longest) })],
    'must be text, or { nl, en }',
  );

export const columnName = z
  .string('must be text')
  .regex(COLUMN_NAME, 'must be a lower-case letter, then lower-case letters, digits and _');

export const campaignKey = z
  .string('must be text')
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be a lower-case letter, then lower-case letters, digits and -');

export const day = z
  .string('must be a date, 2026-11-16')
  .refine(isDay, 'must be a date that exists, 2026-11-16');

export const week = z.string('must be an ISO week, 2026-W47').refine(isWeek, 'must be an ISO week, 2026-W47');

function isDay(value: string): boolean {
  try {
    dayNumber(value);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
