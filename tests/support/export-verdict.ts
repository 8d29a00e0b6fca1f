import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import {
  type ExportExpectations,
  type ExportVerification,
  verifyExport,
} from '../../src/audit/verify-export.ts';
import { diskFolder } from './exported-log.ts';
import { hasPython, runVerifier } from './python-verifier.ts';

/** What an export is held against: keys, and paths of a checkpoint kept from before and of a mirror. */
export interface Held {
  readonly keys: ExportExpectations['keys'];
  readonly previous?: string;
  readonly mirror?: string;
}

/** What our verifier says of an export, and the verifier for auditors where there is Python: they must agree. */
export async function exportVerdict(
  path: string,
  { keys, previous, mirror }: Held,
): Promise<ExportVerification> {
  const found = await verifyExport(diskFolder(path), {
    keys,
    witnesses: [],
    previous: previous === undefined ? null : { file: previous, content: readFileSync(previous) },
    mirror: mirror === undefined ? null : diskFolder(mirror),
  });
  if (!hasPython) return found;
  const { fault, entries, checkpoints } = found;
  const given = { previous, mirror };
  const options = Object.entries(given).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
  const other = runVerifier([path, ...keys.flatMap(({ text }) => ['--key', text]), ...options]);
  expect(other).toMatchObject({
    intact: fault === null,
    said: expect.stringMatching(fault === null ? /^INTACT: / : /^BROKEN (?!.*Traceback)/),
  });
  if (fault === null) expect(other.said).toContain(`${entries} entries under ${checkpoints} checkpoints`);
  return found;
}
