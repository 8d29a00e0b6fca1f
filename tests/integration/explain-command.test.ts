import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyDecisionProof } from '../../src/audit/decision-proof.ts';
import { explainDecision } from '../../src/cli/explain-decision.ts';
import { loadSettings, type Settings } from '../../src/config.ts';
import { LOG } from '../support/audit-log.ts';
import { refusalOf } from '../support/refusals.ts';
import { SMALL } from '../support/small-campaign.ts';
import { SmallRecord } from '../support/small-record.ts';

let record: SmallRecord;
let settings: Settings;
const about = { campaign: SMALL, week: '2026-W40', customer: 'c1' } as const;

beforeAll(async () => {
  record = await SmallRecord.start();
  const { harness } = record;
  const keyFile = join(harness.folder, 'audit.key');
  await writeFile(keyFile, `${LOG.signer.text}\n`, { mode: 0o600 });
  settings = loadSettings(
    {
      DATABASE_URL: harness.database.databaseUrl,
      DATA_DIR: join(harness.folder, 'data'),
      AUDIT_ORIGIN: LOG.origin,
      AUDIT_KEY_FILE: keyFile,
      LOG_LEVEL: 'silent',
    },
    harness.folder,
  );
});
afterAll(() => record?.stop());

it('prints the letter, and for inside every rule and share as well', async () => {
  const letter = await explainDecision(settings, { ...about, audience: 'CUSTOMER', language: 'nl' }, null);
  expect(letter).toMatch(/^\S.*2026\n\n/);
  expect(letter).not.toMatch(/THRESHOLD|baseline/);
  const inside = await explainDecision(settings, { ...about, audience: 'INTERNAL', language: 'en' }, null);
  expect(inside).toMatch(/^NO {2}THRESHOLD {9}0\.0250 {2}0\.5000 {2}config version 1$/m);
  expect(inside).toMatch(/^ok {2}UNDER_AGE {9}40 {6}18$/m);
  expect(inside).toMatch(/^0\.5000 +baseline \(COALITIONS\)$/m);
  expect(inside).toMatch(/^-0\.4750 +chance +/m);
});

it('writes the proof of the decision, which holds without the database', async () => {
  const file = join(record.harness.folder, 'proof.json');
  const text = await explainDecision(settings, { ...about, audience: 'CUSTOMER', language: 'en' }, file);
  expect(text).toContain(`The proof of the decision is in ${file}.`);
  const proven = verifyDecisionProof(await readFile(file), [LOG.signer.verifier]);
  expect(proven).toMatchObject({ campaign: SMALL, week: '2026-W40', runId: record.released.id });
});

it('says what there is not', async () => {
  const asked = { ...about, customer: 'stranger', audience: 'CUSTOMER', language: 'nl' } as const;
  expect(await refusalOf(explainDecision(settings, asked, null))).toBe('NOT_FOUND IN_FEED');
});
