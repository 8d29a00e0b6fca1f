import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PATIENCE_MS = 30_000;

interface Report {
  readonly vulnerabilities?: Readonly<
    Record<string, { readonly severity: string; readonly via: readonly unknown[] }>
  >;
}

/** What is known of the shipped packages, undefined where no registry answers that. */
function audited(): Report | undefined {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json', '--fetch-retries=0'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  try {
    const report = JSON.parse(stdout) as Report;
    return report.vulnerabilities === undefined ? undefined : report;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const report = audited();
const where = report === undefined ? ' (skipped: no registry answers an audit here)' : '';

it.skipIf(report === undefined)(`no package that ships has a known grave weakness${where}`, () => {
  const grave = Object.entries(report?.vulnerabilities ?? {}).filter(
    ([, { severity }]) => severity === 'high' || severity === 'critical',
  );
  expect(grave.map(([name, { severity }]) => `${name}: ${severity}`)).toEqual([]);
});
