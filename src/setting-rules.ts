import { z } from 'zod';
import { parsePeriod } from './domain/retention.ts';

const CLIENT_COST = /^([^\s=,]+)=([1-9]\d{0,6})$/;
const VERIFIER_KEY = /^[^\s+,]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/;
const isMailAddress = (value: string) => /^[^\s@,]+@[^\s@,]+$/.test(value);

/** An address of one of these protocols. */
export const url = (protocols: readonly string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

/** One of a closed list. */
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

/** True or false, as people write it. */
export const flag = z
  .enum(['true', 'false', '1', '0', 'on', 'off'], { error: 'must be true or false' })
  .transform((value) => value === 'true' || value === '1' || value === 'on');

/** A whole number within bounds. */
export const wholeNumber = (least: number, most: number, otherwise: number) =>
  z
    .string()
    .default(String(otherwise))
    .refine((value) => /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    })
    .transform(Number);

/** In years, months, weeks and days: P5Y. */
export const period = z
  .string()
  .default('P5Y')
  .transform((value, context) => {
    const parsed = parsePeriod(value);
    if (parsed !== null) return parsed;
    context.addIssue({
      code: 'custom',
      message: 'must be an ISO 8601 duration of at least 90 days, such as P5Y, P18M or P400D',
    });
    return z.NEVER;
  });

/** A mail address. */
export const mailAddress = z.string().refine(isMailAddress, { error: 'must be an e-mail address' });

/** Mail addresses with commas between them. */
export const mailAddresses = z
  .string()
  .transform((value) => value.split(',').map((address) => address.trim()))
  .refine((addresses) => addresses.every(isMailAddress), {
    error: 'must be e-mail addresses with commas between them',
  })
  .default([]);

/** Verifier keys of the audit log with commas between them. */
export const verifierKeys = z
  .string()
  .transform((value) => value.split(',').map((key) => key.trim()))
  .refine((keys) => keys.every((key) => VERIFIER_KEY.test(key)), {
    error: 'must be verifier keys (name+id+key) with commas between them',
  })
  .default([]);

/** What an operation of a client may cost: client=cost, with commas between them. */
export const clientCosts = z
  .string()
  .transform((value) => value.split(',').map((part) => CLIENT_COST.exec(part.trim())))
  .refine((parts) => parts.every((part) => part !== null), {
    error: 'must be client=cost with commas between them',
  })
  .transform((parts) => Object.fromEntries(parts.map((part) => [part?.[1] ?? '', Number(part?.[2])])))
  .default({});
