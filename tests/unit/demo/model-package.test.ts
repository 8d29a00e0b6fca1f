import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BANK, trainingLines } from '../../../models/training/make-training-rows.ts';
import { readCampaign } from '../../../src/adapters/package/campaign-file.ts';
import { FileModelPackageReader } from '../../../src/adapters/package/model-package-reader.ts';
import { missingColumns } from '../../../src/domain/feature.ts';
import { columnsOfCard } from '../../../src/domain/model-card.ts';
import { addWeeks } from '../../../src/domain/week.ts';
import { closeSessions, openModel } from '../../support/scoring.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FOLDER = join(ROOT, 'models/investing-retail-1');
const campaign = readCampaign(await readFile(join(ROOT, 'campaigns/investing-retail/campaign.yaml'), 'utf8'));
const { card, files, reference } = await new FileModelPackageReader().fromFolder(FOLDER);

afterEach(closeSessions);

describe('the model package that ships', () => {
  it('reads only columns that the campaign receives and declares a use for', () => {
    expect(card.campaign).toBe(campaign.key);
    expect(missingColumns(card, campaign.feed)).toEqual([]);
    const declared = new Set(campaign.dataUses.flatMap(({ columns }) => columns));
    expect(columnsOfCard(card).filter((column) => !declared.has(column))).toEqual([]);
  });

  it('scores as scikit-learn does, to a millionth', async () => {
    const lines = (await readFile(join(ROOT, 'models/training/expected.csv'), 'utf8')).trim().split('\n');
    const expected = lines.slice(1).map(Number);
    const names = card.features.map(({ name }) => name);
    const session = await openModel(files['model.onnx'], names, card.output);
    const scores = await session.score(Float32Array.from(reference.flat()), reference.length);
    expect(expected).toHaveLength(reference.length);
    expected.forEach((probability, row) => {
      expect(Math.abs((scores[row] ?? Number.NaN) - probability)).toBeLessThan(1e-6);
    });
  });

  it('has training rows that its script still writes', () => {
    const weeks = 7;
    const lines = trainingLines({ ...BANK, weeks, lastWeek: addWeeks(BANK.lastWeek, weeks - BANK.weeks) });
    expect(lines.length).toBeGreaterThan(1_000);
    const training = new TextDecoder().decode(files['training.csv']).split('\n');
    expect(lines).toEqual(training.slice(0, lines.length));
  });

  it('has reference rows that are training rows of the training period', () => {
    const rows = new TextDecoder().decode(files['training.csv']).split('\n');
    const trained = new Set(
      rows
        .filter((row) => row.slice(0, 8) <= card.trained.to)
        .map((row) => row.split(',').slice(1, -1).join(',')),
    );
    const lines = new TextDecoder().decode(files['reference.csv']).trim().split('\n').slice(1);
    expect(lines).toHaveLength(200);
    expect(lines.filter((line) => !trained.has(line))).toEqual([]);
  });
});
