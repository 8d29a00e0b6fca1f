import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readTrees } from '../../src/adapters/scorer/onnx-trees.ts';
import { TreeExplainer } from '../../src/domain/tree-explainer.ts';

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
const largest = (found: Iterable<number>, expected: readonly number[]) =>
  Math.max(...Array.from(found, (value, i) => Math.abs(value - (expected[i] ?? Number.NaN))));

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
      expect(largest(ofScore.explain(values).values, wanted?.phi_probability ?? [])).toBeLessThan(1e-6);
      expect(largest(ofOdds.explain(values).values, wanted?.phi_log_odds ?? [])).toBeLessThan(1e-5);
    }
  });

  const published = existsSync(FOLDER) ? publishedFile.parse(json('shap_published.json')).cases : {};
  it.each(Object.entries(published))('are those that the shap project prints: %s', (_, example) => {
    const trees = readTrees(read(example.model), 0);
    if (trees === null) throw new Error('the model is one of trees');
    const explainer = new TreeExplainer(trees, floats(example.background));
    expect(explainer.baseline).toBeCloseTo(example.expected_value, 6);
    for (const { x, shap_values } of example.examples) {
      expect(largest(explainer.explain(Float32Array.from(x)).values, shap_values)).toBeLessThan(1e-6);
    }
  });
});
