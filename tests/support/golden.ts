import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { expect } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;

/**
 * Compares with a committed file, so that what outsiders rely on does not change unseen.
 * After an intended change: `UPDATE_GOLDEN=1 npx vitest run` writes the file, and the change is in the commit.
 */
export async function expectGolden(found: string, file: string): Promise<void> {
  if (process.env.UPDATE_GOLDEN === '1') await writeFile(file, found);
  const golden = existsSync(file) ? await readFile(file, 'utf8') : '';
  expect(found, `${relative(ROOT, file)} is out of date: UPDATE_GOLDEN=1 npx vitest run`).toBe(golden);
}
