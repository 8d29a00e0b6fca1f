import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataUseRegisterCsv } from '../../src/cli/data-use-register-csv.ts';
import { proposeContractFile } from '../../src/cli/propose-contract-file.ts';
import { loadSettings, type Settings } from '../../src/config.ts';
import { newestContract } from '../../src/store/feed-contract.store.ts';
import { LOG } from '../support/audit-log.ts';
import { refusalOf } from '../support/refusals.ts';
import { ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

let harness: ServiceHarness;
let settings: Settings;

beforeAll(async () => {
  harness = await ServiceHarness.start();
  await installSmall(harness);
  await deliver(harness, { week: '2026-W40', customers: customers(10) });
  await harness.run(SMALL, '2026-W40');
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
afterAll(() => harness?.stop());

it('data-use register: a line a column and data use, with the runs made under it', async () => {
  const csv = await dataUseRegisterCsv(settings, SMALL, null);
  const lines = csv.split('\r\n');
  const head = lines[0]?.split(',') ?? [];
  const of = (column: string) => lines.find((line) => line.startsWith(`${column},`))?.split(',') ?? [];
  const cell = (column: string, name: string) => of(column)[head.indexOf(name)];
  expect(head.slice(0, 4)).toEqual(['column', 'type', 'category', 'covered']);
  expect(cell('likely', 'covered')).toBe('yes');
  expect(cell('likely', 'needed_by_live_model')).toBe('yes');
  expect(cell('likely', 'statement')).toBe('The live model reads it and a data use in force covers it.');
  expect(cell('likely', 'status')).toBe('SIGNED_OFF');
  expect(of('likely').slice(-2)).toEqual(['1', '2026-W40']);
  expect(of('region').slice(0, 5)).toEqual(['region', 'text', 'segment', 'no', 'no']);
  const { columns } = await newestContract(harness.services.db.manager, SMALL);
  for (const { name } of columns) expect(of(name).length, name).toBeGreaterThanOrEqual(head.length);
});

it('data-use register: as it was at an instant, before anything was declared', async () => {
  const csv = await dataUseRegisterCsv(settings, SMALL, new Date('2020-01-01T00:00:00Z'));
  expect(csv).not.toContain('SIGNED_OFF');
  expect(csv).toMatch(/^likely,number,feature,no,/m);
});

it('data-use register: says that there is no such campaign', async () => {
  expect(await refusalOf(dataUseRegisterCsv(settings, 'none', null))).toMatch(/^NOT_FOUND/);
});

it('feed-contract propose: proposes what a file says, names what differs, and changes nothing yet', async () => {
  const { manager } = harness.services.db;
  const before = await newestContract(manager, SMALL);
  const file = join(harness.folder, 'contract.yaml');
  const columns = [...before.columns, { name: 'visits', type: 'integer', category: 'segment', min: 0 }];
  await writeFile(file, JSON.stringify({ columns }));
  const said = await proposeContractFile(settings, file, {
    campaign: SMALL,
    reason: 'the warehouse has more',
  });
  expect(said).toMatch(/^Change [0-9a-f-]{36} of contract 1 of small waits for a compliance reviewer\.$/m);
  expect(said).toMatch(/^ {2}visits, .*→/m);
  expect(await newestContract(manager, SMALL)).toEqual(before);
  expect(await manager.query('select base, status, reason from feed_contract_change')).toEqual([
    { base: 1, status: 'PROPOSED', reason: 'the warehouse has more' },
  ]);
});

it('feed-contract propose: names file and field of what is wrong in the file', async () => {
  const file = join(harness.folder, 'wrong.yaml');
  await writeFile(file, 'columns:\n  - { name: age, type: whole, category: feature }\n');
  await expect(proposeContractFile(settings, file, { campaign: SMALL, reason: 'x' })).rejects.toThrow(
    /wrong\.yaml.*type/s,
  );
});
