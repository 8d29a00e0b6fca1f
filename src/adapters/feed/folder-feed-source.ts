import type { Stats } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type FeedDelivery, FeedError, type FeedSource } from '../../domain/ports.ts';
import { type IsoWeek, isWeek } from '../../domain/week.ts';
import { openCsvFile } from './csv-file.ts';
import { FEED_FILES, MANIFEST, parseManifest } from './feed-manifest.ts';
import { openParquetFile } from './parquet-file.ts';

const MAX_MANIFEST_BYTES = 1 << 20;

/** Feeds as folders `<inbox>/<campaign>/<week>/` (feed.md §1). Files must be plain: a link could lead anywhere. */
export class FolderFeedSource implements FeedSource {
  constructor(readonly inbox: string) {}

  async find(campaign: string, week: IsoWeek): Promise<FeedDelivery | undefined> {
    const folder = join(this.inbox, basename(campaign), basename(week));
    const stats = await statOf(join(folder, MANIFEST));
    if (stats === undefined) return undefined;
    const manifest = parseManifest(await readManifest(join(folder, MANIFEST), stats));
    const named = new Map(manifest.files.map(({ name, sha256 }) => [name, sha256]));
    const delivered = await readdir(folder);
    for (const name of FEED_FILES) {
      if (delivered.includes(name) && !named.has(name))
        throw new FeedError(
          'FEED_MANIFEST',
          MANIFEST,
          null,
          'files',
          `does not name ${name}, which is there`,
        );
    }
    return {
      manifest,
      async open(name) {
        const path = join(folder, basename(name));
        const file = await statOf(path);
        if (file === undefined)
          throw new FeedError('FEED_DIGEST', name, null, null, 'is named in feed.json and is not there');
        if (!file.isFile()) throw new FeedError('FEED_FORMAT', name, null, null, 'is not a plain file');
        return name.endsWith('.parquet')
          ? openParquetFile(path, name, named.get(name) ?? '')
          : openCsvFile(path, name);
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
      if ((await statOf(join(folder, week, MANIFEST))) !== undefined) weeks.push(week);
    }
    return weeks;
  }
}

/** What is at a path, of a link the link itself; undefined when nothing is. */
async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
}

async function readManifest(path: string, stats: Stats): Promise<string> {
  const fault = (rule: string) => new FeedError('FEED_MANIFEST', MANIFEST, null, null, rule);
  if (!stats.isFile()) throw fault('is not a plain file');
  if (stats.size > MAX_MANIFEST_BYTES) throw fault('is larger than 1 MiB');
  return readFile(path, 'utf8');
}
