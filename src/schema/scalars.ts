import { GraphQLDateTime } from 'graphql-scalars';
import { dayNumber, isWeek } from '../domain/week.ts';
import { textScalar } from './text-scalar.ts';

/** RFC 3339 in, any offset; UTC out. */
export const DateTimeScalar = GraphQLDateTime;

export const DateScalar = textScalar({
  name: 'Date',
  description: 'A calendar day without a time, 2026-11-16.',
  form: 'a calendar day that exists, like 2026-11-16',
  holds: isDay,
});

export const IsoWeekScalar = textScalar({
  name: 'IsoWeek',
  description: "An ISO 8601 week in the bank's time zone, 2026-W47.",
  form: 'an ISO 8601 week that exists, like 2026-W47',
  holds: isWeek,
});

export const DigestScalar = textScalar({
  name: 'Digest',
  description: 'A SHA-256 digest: sha256: and 64 lower-case hexadecimal digits.',
  form: 'sha256: followed by 64 lower-case hexadecimal digits',
  holds: (text) => /^sha256:[0-9a-f]{64}$/.test(text),
});

export const Base64Scalar = textScalar({
  name: 'Base64',
  description: 'Bytes in base64 (RFC 4648 §4), padded, without line breaks.',
  form: 'padded base64 without line breaks (RFC 4648 §4)',
  holds: isBase64,
});

function isDay(text: string): boolean {
  try {
    dayNumber(text);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Canonical base64 only: decoding and encoding again gives the same text. */
function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && Buffer.from(text, 'base64').toString('base64') === text;
}
