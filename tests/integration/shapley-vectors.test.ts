import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readTrees } from '../../src/adapters/scorer/onnx-trees.ts';
import { coalitionValues } from '../../src/domain/coalition-explainer.ts';
import { TreeExplainer } from '../../src/domain/tree-explainer.ts';
import { largestDifference as largest } from '../support/numbers.ts';
import { closeSessions, openModel } from '../support/scoring.ts';

afterEach(closeSessions);

const FOLDER = join(import.meta.dirname, '../../../shared/shapley');

const row = z.object({ row: z.number(), features: z.array(z.number()) });
const exactFile = z.object({
  background: z.array(row),
  explained: z.array(row),
  models: z.record(
    z.string(),
    z.object({
      base_probability: z.number(),
      base_log_odds: z.number(),
      rows: z.array(
        z.object({
          row: z.number(),
          probability: z.number(),
          phi_probability: z.array(z.number()),
          phi_log_odds: z.array(z.number()),
        }),
      ),
    }),
  ),
});
const publishedFile = z.object({
  cases: z.record(
    z.string(),
    z.object({
      model: z.string(),
      background: z.array(z.array(z.number())),
      expected_value: z.number(),
      examples: z.array(z.object({ x: z.array(z.number()), shap_values: z.array(z.number()) })),
    }),
  ),
});
const floats = (rows: readonly (readonly number[])[]) => rows.map((values) => Float32Array.from(values));
const read = (name: string) => readFileSync(join(FOLDER, name));
const json = (name: string): unknown => JSON.parse(read(name).toString('utf8'));
describe.skipIf(!existsSync(FOLDER))('Shapley values of others', () => {
  it('are those of a boosted model of 19 features, worked out over all coalitions', () => {
    const { background, explained, models } = exactFile.parse(json('exact_interventional.json'));
    const trees = readTrees(read('bank_gbc_float.onnx'), 1);
    const expected = models.bank_gbc_float;
    if (trees === null || expected === undefined) throw new Error('the model is one of trees');
    const references = floats(background.map(({ features }) => features));
    const ofScore = new TreeExplainer(trees, references);
    const ofOdds = new TreeExplainer({ ...trees, link: 'IDENTITY' }, references);
    expect(ofScore.baseline).toBeCloseTo(expected.base_probability, 6);
    expect(ofOdds.baseline).toBeCloseTo(expected.base_log_odds, 5);
    for (const [place, { features }] of explained.entries()) {
      const wanted = expected.rows[place];
      const values = Float32Array.from(features);
      expect(largest(ofScore.explain(values)?.values ?? [], wanted?.phi_probability ?? [])).toBeLessThan(
        1e-6,
      );
      expect(largest(ofOdds.explain(values)?.values ?? [], wanted?.phi_log_odds ?? [])).toBeLessThan(1e-5);
    }
  });

  it('are those that a session of that model answers', async () => {
    const { background, explained, models } = exactFile.parse(json('exact_interventional.json'));
    const expected = models.bank_gbc_float;
    const names = background[0]?.features.map((_, feature) => `f${feature}`) ?? [];
    const session = await openModel(read('bank_gbc_float.onnx'), names, { name: 'probabilities', index: 1 });
    const matrix = (rows: readonly z.infer<typeof row>[]) =>
      Float32Array.from(rows.flatMap(({ features }) => features));
    const found = await session.explain(matrix(background), matrix(explained));
    expect(found).toHaveLength(explained.length);
    for (const [place, { method, baseline, values }] of found.entries()) {
      expect(method).toBe('TREES');
      expect(baseline).toBeCloseTo(expected?.base_probability ?? Number.NaN, 6);
      expect(largest(values, expected?.rows[place]?.phi_probability ?? [])).toBeLessThan(1e-6);
    }
  });

  const published = existsSync(FOLDER) ? publishedFile.parse(json('shap_published.json')).cases : {};
  it.each(Object.entries(published))('are those that the shap project prints: %s', (_, example) => {
    const trees = readTrees(read(example.model), 0);
    if (trees === null) throw new Error('the model is one of trees');
    const explainer = new TreeExplainer(trees, floats(example.background));
    expect(explainer.baseline).toBeCloseTo(example.expected_value, 6);
    for (const { x, shap_values } of example.examples) {
      expect(largest(explainer.explain(Float32Array.from(x))?.values ?? [], shap_values)).toBeLessThan(1e-6);
    }
  });

  // A session answers for probabilities alone, which the sum of the last example is not.
  const probable = Object.entries(published).filter(([name]) => name !== 'and_plus_boost');
  it.each(probable)('are those that a session answers in two ways: %s', async (_, example) => {
    const references = floats(example.background);
    const session = await openModel(read(example.model), ['a', 'b', 'c', 'd'], {
      name: 'variable',
      index: 0,
    });
    const reference = Float32Array.from(example.background.flat());
    for (const { x, shap_values } of example.examples) {
      const row = Float32Array.from(x);
      const [found] = await session.explain(reference, row);
      expect(found?.method).toBe('TREES');
      expect(largest(found?.values ?? [], shap_values)).toBeLessThan(1e-6);
      const asked = await coalitionValues((rows, count) => session.score(rows, count), row, references);
      expect(largest(asked ?? [], shap_values)).toBeLessThan(1e-6);
    }
  });
});
