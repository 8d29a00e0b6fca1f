import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formerAuditKeys, openAuditKey } from '../../src/audit-key.ts';
import { SettingsError } from '../../src/config.ts';

const ORIGIN = 'bank.example/audit';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waarom-audit-key-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('is made once, for its owner alone', async () => {
  const file = join(folder, 'keys/audit.key');
  const [made, again] = await Promise.all([openAuditKey(file, ORIGIN), openAuditKey(file, ORIGIN)]);
  expect(again.verifier.text).toBe(made.verifier.text);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it('is named by its setting where it cannot be used, and never shown', async () => {
  const file = join(folder, 'other.key');
  await openAuditKey(file, 'elsewhere.example/audit');
  await expect(openAuditKey(file, ORIGIN)).rejects.toThrow(
    new SettingsError([
      {
        setting: 'AUDIT_ORIGIN',
        rule: `is ${ORIGIN}, and ${file} holds the key of elsewhere.example/audit`,
      },
    ]),
  );
  const broken = join(folder, 'broken.key');
  await writeFile(broken, 'PRIVATE+KEY+but+not+quite');
  await expect(openAuditKey(broken, ORIGIN)).rejects.toThrow(
    new SettingsError([
      { setting: 'AUDIT_KEY_FILE', rule: `must hold a signing key, and ${broken} does not` },
    ]),
  );
});

it('was of the same origin before', async () => {
  const { verifier } = await openAuditKey(join(folder, 'former.key'), ORIGIN);
  expect(formerAuditKeys([verifier.text], ORIGIN)).toEqual([verifier]);
  expect(() => formerAuditKeys([verifier.text], 'elsewhere.example/audit')).toThrow(SettingsError);
});
