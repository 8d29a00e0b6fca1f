import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../docs/verifier');

/** Tests of the verifier for auditors skip where there is no Python. */
export const hasPython = spawnSync('python3', ['--version']).status === 0;

/** What the verifier for auditors says of an export: its exit status and its line. */
export function runVerifier(args: readonly string[]): { readonly intact: boolean; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('python3', ['-I', join(FOLDER, 'verify.py'), ...args], {
    encoding: 'utf8',
  });
  return { intact: status === 0, said: `${stdout}${stderr}` };
}

/** Runs Python statements after `from verify import *`, with a JSON value as `given`; answers what they print. */
export function runPython(statements: string, given: unknown): string {
  const script = `import json, sys\nsys.path.insert(0, sys.argv[1])\nfrom verify import *\ngiven = json.load(sys.stdin)\n${statements}`;
  const { stdout, stderr } = spawnSync('python3', ['-B', '-c', script, FOLDER], {
    encoding: 'utf8',
    input: JSON.stringify(given),
    maxBuffer: 1 << 26,
  });
  if (stderr !== '') throw new Error(stderr);
  return stdout;
}
