import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { closeSessions, openModel } from '../support/scoring.ts';

afterEach(closeSessions);

describe('explaining with the shipped model', () => {
  it('adds up from the baseline to the score', async () => {
    const [header = '', ...lines] = readFileSync('models/investing-retail-1/reference.csv', 'utf8')
      .trim()
      .split('\n');
    const features = header.split(',');
    const session = await openModel(readFileSync('models/investing-retail-1/model.onnx'), features, {
      name: 'probabilities',
      index: 1,
    });
    const reference = Float32Array.from(lines.flatMap((line) => line.split(',').map(Number)));
    const explained = await session.explain(reference, reference);
    const scores = await session.score(reference, lines.length);
    const baseline = scores.reduce((sum, score) => sum + score, 0) / lines.length;
    expect(explained).toHaveLength(lines.length);
    for (const [row, found] of explained.entries()) {
      expect(found.method).toBe('TREES');
      expect(Math.abs(found.baseline - baseline)).toBeLessThan(1e-6);
      const sum = found.values.reduce((total, value) => total + value, found.baseline);
      expect(Math.abs(sum - (scores[row] ?? Number.NaN))).toBeLessThan(1e-6);
    }
  });
});
