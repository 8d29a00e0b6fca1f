import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../support/golden.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Licences under which what ships may be used and passed on without opening anything of ours. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
];
/** Beside them, what is used for building and testing alone. */
const ALLOWED_IN_DEVELOPMENT = [...ALLOWED, 'MPL-2.0'];

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
}

const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};
const PACKAGES = Object.entries(lock.packages)
  .filter(([path]) => path !== '')
  .map(([path, locked]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    ...locked,
  }));

/** Whether an SPDX expression is met by licences of a list: of `OR` one is, of `AND` all are. */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const bare = expression.replace(/^\((.*)\)$/, '$1');
  if (bare.includes(' OR ')) return bare.split(' OR ').some((part) => isAllowed(part, allowed));
  return bare.split(' AND ').every((part) => allowed.includes(part));
}

describe('what the service stands on', () => {
  it('has licences that a bank may use', () => {
    const wrong = PACKAGES.filter(
      ({ license = 'none', dev = false }) => !isAllowed(license, dev ? ALLOWED_IN_DEVELOPMENT : ALLOWED),
    );
    expect(wrong.map(({ name, version, license }) => `${name} ${version}: ${license ?? 'none'}`)).toEqual([]);
  });

  it.each([
    ['MIT', true],
    ['GPL-3.0', false],
    ['(MIT OR GPL-3.0)', true],
    ['(MIT AND GPL-3.0)', false],
    ['none', false],
  ])('%s is allowed: %s', (expression, allowed) => {
    expect(isAllowed(expression, ALLOWED)).toBe(allowed);
  });

  it('is, of what ships, what was looked at when it was locked, bit by bit', () => {
    const loose = PACKAGES.filter(({ integrity, dev = false }) => integrity === undefined && !dev);
    expect(loose.map(({ name }) => name)).toEqual([]);
  });

  it('is listed with its licences in docs/licences.md', async () => {
    const shipped = new Map<string, string>();
    for (const { name, version, license = 'none', dev = false } of PACKAGES)
      if (!dev) shipped.set(`${name} ${version}`, license);
    const byLicence = Map.groupBy(shipped, ([, license]) => license);
    const rows = [...byLicence]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([license, found]) =>
          `| ${license} | ${found
            .map(([name]) => name)
            .toSorted()
            .join(', ')} |`,
      );
    const text = [
      '# Licences',
      '',
      'Of every package that ships, by the lock file. The tests hold it against the list of licences that are allowed (`tests/unit/licences.test.ts`).',
      '',
      '| licence | packages |',
      '|---|---|',
      ...rows,
    ];
    await expectGolden(`${text.join('\n')}\n`, join(ROOT, 'docs/licences.md'));
  });
});
