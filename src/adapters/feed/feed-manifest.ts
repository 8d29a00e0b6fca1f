import { z } from 'zod';
import { FeedError, type FeedManifest } from '../../domain/ports.ts';
import { dayNumber, isWeek } from '../../domain/week.ts';

export const MANIFEST = 'feed.json';
export const FEED_FILES = [
  'customers.csv',
  'customers.parquet',
  'funds.csv',
  'mailings.csv',
  'outcomes.csv',
] as const;

const schema = z.strictObject(
  {
    format: z.literal('feed/1', 'must be feed/1'),
    campaign: z.string('must be text').regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be the key of a campaign'),
    week: z.string('must be text').refine(isWeek, 'must be an ISO week, 2026-W47'),
    asOf: z.string('must be text').refine(isDay, 'must be a date that exists, 2026-11-16'),
    producedAt: z.iso.datetime({
      offset: true,
      error: 'must be an instant as RFC 3339 says, 2026-11-16T23:00:00Z',
    }),
    files: z
      .array(
        z.strictObject(
          {
            name: z.enum(FEED_FILES, `must be one of ${FEED_FILES.join(', ')}`),
            rows: z.int('must be a whole number').nonnegative('must not be negative'),
            sha256: z
              .string('must be text')
              .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex of small letters'),
          },
          { error: strictly('must be { name, rows, sha256 }') },
        ),
        'must be a list of files',
      )
      .refine((files) => new Set(files.map(({ name }) => name)).size === files.length, 'names a file twice')
      .refine(
        (files) => files.filter(({ name }) => name.startsWith('customers.')).length === 1,
        'must name one of customers.csv and customers.parquet',
      ),
  },
  { error: strictly('must be an object') },
);

/** Reads the text of a `feed.json` (feed.md §1). Throws FeedError with the first field that is not as it should be. */
export function parseManifest(text: string): FeedManifest {
  const fault = (field: string | null, rule: string) =>
    new FeedError('FEED_MANIFEST', MANIFEST, null, field, rule);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fault(null, 'is not JSON');
  }
  const parsed = schema.safeParse(json, { reportInput: true });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const missing = issue?.code === 'invalid_type' && issue.input === undefined;
    throw fault(issue?.path.join('.') ?? null, missing ? 'is missing' : (issue?.message ?? 'is no manifest'));
  }
  const { producedAt, ...rest } = parsed.data;
  return { ...rest, producedAt: new Date(producedAt) };
}

function strictly(shape: string) {
  return (issue: { readonly code?: string | undefined }) =>
    issue.code === 'unrecognized_keys' ? 'has a field that is not known' : shape;
}

function isDay(text: string): boolean {
  try {
    dayNumber(text);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
