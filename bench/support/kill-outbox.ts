import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { CAMPAIGN } from './kill-world.ts';

interface HandedOver {
  readonly file: string;
  readonly digest: string;
  readonly rows: number;
}

/** Looks at what the mail tool would find at any moment: a file that is there must be whole. */
export class OutboxWatch {
  /** Of each file, the digests that were seen. */
  readonly #seen = new Map<string, Set<string>>();
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'outbox', CAMPAIGN);
  }

  async look(): Promise<void> {
    for (const name of await visible(this.#folder)) {
      const digest = await digestOf(join(this.#folder, name));
      this.#seen.set(name, (this.#seen.get(name) ?? new Set()).add(digest));
    }
  }

  /** Files that were ever seen otherwise than they are in the end. */
  async faults(): Promise<readonly string[]> {
    await this.look();
    return Array.from(this.#seen, ([name, digests]) =>
      digests.size === 1 ? [] : [`${name} was seen before it was whole`],
    ).flat();
  }
}

async function visible(folder: string): Promise<readonly string[]> {
  return (existsSync(folder) ? await readdir(folder) : []).filter((name) => !/^\..+\.part$/.test(name));
}

async function digestOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** What is wrong with the files that the mail tool finds. */
export async function outboxFaults(owner: pg.Client, dataDir: string): Promise<readonly string[]> {
  const folder = join(dataDir, 'outbox', CAMPAIGN);
  const { rows: due } = await owner.query<HandedOver>('select file, digest, rows from hand_off');
  const there = (await visible(folder)).toSorted();
  const names = due.flatMap(({ file }) => [file, manifestOf(file)]).toSorted();
  if (there.join() !== names.join())
    return [`the outbox has ${there.length} files where ${names.length} are due: ${there.join(', ')}`];
  const faults: string[] = [];
  for (const { file, digest, rows } of due) {
    const content = await readFile(join(folder, file));
    const sha256 = await digestOf(join(folder, file));
    const lines = content.toString().trimEnd().split('\n').slice(1);
    if (`sha256:${sha256}` !== digest || lines.length !== rows || new Set(lines).size !== rows)
      faults.push(`${file} is not what was released`);
    const manifest: { sha256?: string; rows?: number; file?: string } = JSON.parse(
      await readFile(join(folder, manifestOf(file)), 'utf8'),
    );
    if (manifest.sha256 !== sha256 || manifest.rows !== rows || manifest.file !== file)
      faults.push(`${manifestOf(file)} does not fit its file`);
  }
  return faults;
}

const manifestOf = (file: string): string => file.replace(/\.csv$/, '.json');
