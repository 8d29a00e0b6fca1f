import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { FuzzReport } from '../support/package-fuzz.ts';

/** Another 100,000 of any seed: `npm run fuzz:packages`. The seed here is fixed, so that a failure is one of the code. */
const SEED = 7;
const MUTANTS = 2000;
const OPENED = 12;
/** Node opens a few of its own as it goes; a process or a file that each package leaves would be dozens. */
const OWN_DESCRIPTORS = 5;

test('2,000 mutated packages are each read or refused, and nothing of them stays', {
  timeout: 300_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fuzz-'));
  try {
    // In a program of its own: what hangs or crashes there ends there, and is named on its error output.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--experimental-transform-types',
        '--no-warnings',
        join(import.meta.dirname, '../support/package-fuzz.ts'),
        ...['--mutants', `${MUTANTS}`, '--opened', `${OPENED}`, '--seed', `${SEED}`],
      ],
      { env: { ...process.env, TMPDIR: folder } },
    );
    const { answers, faults, descriptors, children }: FuzzReport = JSON.parse(stdout);
    expect(faults).toEqual([]);
    for (const counts of Object.values(answers)) {
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(MUTANTS / 4);
      expect(counts['package refused']).toBeGreaterThan(0);
      expect(counts.sound).toBeGreaterThan(0);
    }
    expect(answers.onnx['model refused']).toBeGreaterThan(100);
    expect((answers.onnx.opened ?? 0) + (answers.onnx['refused when opened'] ?? 0)).toBe(OPENED);
    if (process.platform === 'linux') {
      expect(children).toBe(0);
      expect((descriptors.after ?? 0) - (descriptors.before ?? 0)).toBeLessThan(OWN_DESCRIPTORS);
    }
    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
