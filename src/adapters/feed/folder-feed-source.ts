import { access, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { type FeedDelivery, FeedError, type FeedManifest, type FeedSource } from '../../domain/ports.ts';
import { dayNumber, type IsoWeek, isWeek } from '../../domain/week.ts';
import { openCsvFile } from './csv-file.ts';
import { openParquetFile } from './parquet-file.ts';

const MANIFEST = 'feed.json';
const MAX_MANIFEST_BYTES = 1 << 20;

const day = z.string().refine((text) => {
  try {
    dayNumber(text);
    return true;
  } catch {
    return false;
  }
}, 'is not a date');

const manifestSchema = z.strictObject({
  format: z.literal('feed/1'),
  campaign: z.string(),
  week: z.string().refine(isWeek, 'is not an ISO week'),
  asOf: day,
  producedAt: z.iso.datetime({ offset: true }),
  files: z
    .array(
      z.strictObject({
        name: z.enum(['customers.csv', 'customers.parquet', 'funds.csv', 'mailings.csv', 'outcomes.csv']),
        rows: z.int().nonnegative(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex'),
      }),
    )
    .refine((files) => new Set(files.map(({ name }) => name)).size === files.length, 'names a file twice'),
});

/** Feeds as folders `<inbox>/<campaign>/<week>/` (feed.md §1). */
export class FolderFeedSource implements FeedSource {
  constructor(readonly inbox: string) {}

  async find(campaign: string, week: IsoWeek): Promise<FeedDelivery | undefined> {
    const folder = join(this.inbox, basename(campaign), basename(week));
    const text = await readIfPresent(join(folder, MANIFEST));
    if (text === undefined) return undefined;
    const manifest = parseManifest(text);
    return {
      manifest,
      async open(name) {
        const path = join(folder, basename(name));
        try {
          await access(path);
        } catch {
          throw new FeedError('FEED_DIGEST', name, null, null, 'is named in feed.json and is not there');
        }
        return name.endsWith('.parquet') ? openParquetFile(path, name) : openCsvFile(path, name);
      },
    };
  }

  async weeks(campaign: string): Promise<readonly IsoWeek[]> {
    const folder = join(this.inbox, basename(campaign));
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const weeks: IsoWeek[] = [];
    for (const week of names.filter(isWeek).sort()) {
      if ((await readIfPresent(join(folder, week, MANIFEST))) !== undefined) weeks.push(week);
    }
    return weeks;
  }
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > MAX_MANIFEST_BYTES)
      throw new FeedError('FEED_MANIFEST', MANIFEST, null, null, 'is larger than 1 MiB');
    return bytes.toString('utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseManifest(text: string): FeedManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FeedError('FEED_MANIFEST', MANIFEST, null, null, 'is not JSON');
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new FeedError(
      'FEED_MANIFEST',
      MANIFEST,
      null,
      issue?.path.join('.') ?? null,
      issue?.message ?? 'is not a manifest',
    );
  }
  const { producedAt, ...rest } = parsed.data;
  return { ...rest, producedAt: new Date(producedAt) };
}
