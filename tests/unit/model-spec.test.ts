import { expect, test } from 'vitest';
import { modelSpec } from '../../src/domain/model-spec.ts';
import { cardOf, feature } from '../support/varied-card.ts';

test('a model is opened with the features, the output and the texts behind the codes', () => {
  const card = cardOf([
    feature('age', { column: 'age' }),
    feature('job', {
      category: 'job',
      codes: { nurse: 0.1, baker: 9 },
      otherwise: -1,
      missing: -2,
      clip: [0, 5],
    }),
    feature('region', { category: 'region', codes: { north: 1 }, otherwise: 1 }),
  ]);
  const model = Uint8Array.of(1);
  expect(modelSpec(card, model)).toEqual({
    model,
    features: ['age', 'job', 'region'],
    output: card.output,
    texts: new Map([
      // float32, clipped; what is missing is not clipped, and nothing stands for what the list does not have.
      [
        'job',
        [
          [Math.fround(0.1), 'nurse'],
          [5, 'baker'],
          [0, ''],
          [-2, ''],
        ],
      ],
      ['region', [[1, 'north']]],
    ]),
  });
});
