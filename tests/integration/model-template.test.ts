import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileModelPackageReader } from '../../src/adapters/package/model-package-reader.ts';
import { writeModelTemplate } from '../../src/cli/write-model-template.ts';
import { loadSettings } from '../../src/config.ts';
import { RefusalError } from '../../src/domain/refusal.ts';
import { addWeeks } from '../../src/domain/week.ts';
import { sigmoidOfMean } from '../support/onnx-builder.ts';
import { registerJudged } from '../support/registered-model.ts';
import { OLGA, ServiceHarness } from '../support/service-harness.ts';
import { applyShipped } from '../support/shipped-campaign.ts';

const CAMPAIGN = join(import.meta.dirname, '../../campaigns/investing-retail/campaign.yaml');
const noSettings = () => {
  throw new Error('a campaign file needs no settings');
};
let folder = '';
let harness: ServiceHarness;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'template-'));
  harness = await ServiceHarness.start();
});
afterAll(async () => {
  await harness.stop();
  await rm(folder, { recursive: true });
});

const faultsOf = (path: string): Promise<string> =>
  new FileModelPackageReader().fromFolder(path).then(
    () => '',
    (error: Error) => error.message,
  );

describe('the skeleton of a package', () => {
  test('is refused for what is empty in it, and registers once that is filled in', async () => {
    const path = join(folder, 'mine');
    expect(await writeModelTemplate(noSettings, path, CAMPAIGN)).toContain(
      'card.yaml, training.csv, reference.csv',
    );
    const faults = (await faultsOf(path)).split('\n');
    for (const field of [
      'name',
      'builder',
      'trained.from',
      'trained.to',
      'intendedUse',
      'notToBeUsedWhen[0]',
      'weaknesses[0]',
    ])
      expect(faults).toContainEqual(
        expect.stringMatching(`^card.yaml, line \\d+, ${field.replace(/[[\].]/g, '\\$&')}, must`),
      );
    expect(faults).toContain('model.onnx, is missing');
    expect(faults).toHaveLength(8);

    const card = await readFile(join(path, 'card.yaml'), 'utf8');
    const filled = card
      .replace('from: ""', 'from: 2026-W01')
      .replace('to: ""', 'to: 2026-W10')
      .replace('{ name: probabilities, index: 1 }', '{ name: p, index: 0 }')
      .replaceAll(/""/g, '"a text"');
    await writeFile(join(path, 'card.yaml'), filled);
    const header = (await readFile(join(path, 'reference.csv'), 'utf8')).trim();
    const width = header.split(',').length;
    expect(width).toBeGreaterThan(5);
    const row = (at: number) =>
      Array.from({ length: width }, (_, column) => ((at * (column + 3)) % 11) / 11).join(',');
    const weeks = Array.from({ length: 2000 }, (_, at) => addWeeks('2026-W01', at % 20));
    await writeFile(join(path, 'model.onnx'), sigmoidOfMean(width));
    await writeFile(
      join(path, 'reference.csv'),
      `${header}\n${Array.from({ length: 100 }, (_, at) => row(at)).join('\n')}\n`,
    );
    await writeFile(
      join(path, 'training.csv'),
      `week,${header},label\n${weeks.map((week, at) => `${week},${row(at)},${at % 3 === 0 ? 1 : 0}`).join('\n')}\n`,
    );
    expect(await faultsOf(path)).toBe('');
    const campaign = await applyShipped(harness);
    const model = await registerJudged(harness.services, OLGA, {
      campaign,
      read: () => harness.services.packages.fromFolder(path),
    });
    expect(model).toMatchObject({ campaign, name: 'a text', version: '1' });
    expect(model.gates).toContainEqual(expect.objectContaining({ name: 'CARD', verdict: 'PASS' }));
  });

  test('for no campaign says which fields there are', async () => {
    const path = join(folder, 'any');
    await writeModelTemplate(noSettings, path, null);
    expect(await faultsOf(path)).toContain('card.yaml, line 6, campaign, must be a lower-case letter');
    expect(await faultsOf(path)).toMatch(/recipe\.codes, must not be empty/);
    expect(await readFile(join(path, 'training.csv'), 'utf8')).toBe('week,age,balance,job,label\n');
  });

  test('is for the contract in force where a key is given', async () => {
    const settings = () => loadSettings({ DATABASE_URL: harness.database.databaseUrl });
    const path = join(folder, 'by-key');
    await writeModelTemplate(settings, path, 'investing-retail');
    await writeModelTemplate(noSettings, join(folder, 'by-file'), CAMPAIGN);
    expect(await readFile(join(path, 'card.yaml'), 'utf8')).toBe(
      await readFile(join(folder, 'by-file', 'card.yaml'), 'utf8'),
    );
    await expect(writeModelTemplate(settings, join(folder, 'none'), 'nothing')).rejects.toThrow(
      /There is no campaign "nothing"/,
    );
  });

  test('overwrites nothing', async () => {
    const path = join(folder, 'any');
    const before = await readFile(join(path, 'card.yaml'), 'utf8');
    await expect(writeModelTemplate(noSettings, path, CAMPAIGN)).rejects.toThrow(RefusalError);
    expect(await readFile(join(path, 'card.yaml'), 'utf8')).toBe(before);
  });
});
