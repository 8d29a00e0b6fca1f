import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IsoWeek } from '../../src/domain/week.ts';
import { sundayOf } from '../../src/domain/week.ts';

/** A feed to be delivered, sound where a test does not say otherwise. */
export interface Delivery {
  /** Content by name; undefined leaves a file out of the folder that feed.json names. */
  readonly files: Readonly<Record<string, string | Uint8Array | undefined>>;
  /** Fields of feed.json that are other than they should be. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Fields of a file's entry in feed.json, by name; null leaves it out. */
  readonly entries?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  /** What feed.json is instead. */
  readonly text?: string | Uint8Array;
}

/** Writes a feed as the warehouse does, the manifest last; what was delivered for the week before is gone. */
export async function deliverFolder(
  inbox: string,
  campaign: string,
  week: IsoWeek,
  delivery: Delivery,
): Promise<string> {
  const folder = join(inbox, campaign, week);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const entries: Record<string, unknown>[] = [];
  for (const [name, content] of Object.entries(delivery.files)) {
    const bytes = Buffer.from(content ?? '');
    if (content !== undefined) await writeFile(join(folder, name), bytes);
    const changed = delivery.entries?.[name];
    if (changed === null) continue;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    entries.push({ name, rows: rowsOf(bytes), sha256, ...changed });
  }
  const asOf = sundayOf(week);
  const manifest = {
    format: 'feed/1',
    campaign,
    week,
    asOf,
    producedAt: `${asOf}T23:30:00+01:00`,
    files: entries,
    ...delivery.manifest,
  };
  await writeFile(join(folder, 'feed.json'), delivery.text ?? JSON.stringify(manifest));
  return folder;
}

/** Lines after the header, as a warehouse counts them. */
function rowsOf(bytes: Buffer): number {
  return Math.max(0, bytes.toString('latin1').trimEnd().split('\n').length - 1);
}
