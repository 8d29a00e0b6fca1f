import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainedBody, readExplained } from '../../../src/adapters/scorer/explained-body.ts';
import { ATTRIBUTION_METHODS } from '../../../src/domain/shapley.ts';

const WIDTH = 3;
const bytesOf = (...numbers: number[]) => new Uint8Array(Float64Array.from(numbers).buffer);
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const numbers = fc
  .array(number, { minLength: WIDTH, maxLength: WIDTH })
  .map((values) => Float64Array.from(values));
const explainedScore = fc
  .record({
    method: fc.constantFrom(...ATTRIBUTION_METHODS),
    baseline: number,
    values: numbers,
    errors: numbers,
  })
  .map(({ errors, ...score }) => ({ ...score, standardErrors: score.method === 'SAMPLED' ? errors : null }));

describe('explained rows in a frame', () => {
  it('come back as they went in', () => {
    fc.assert(
      fc.property(fc.array(explainedScore, { maxLength: 5 }), (explained) => {
        expect(readExplained(new Uint8Array(explainedBody(explained)), WIDTH)).toEqual(explained);
      }),
    );
  });

  const exact = [0, 0.2, 0.1, 0, -0.1, Number.NaN, Number.NaN, Number.NaN];
  it.each([
    ['half a row', bytesOf(...exact.slice(0, 4))],
    ['a part of a number', Uint8Array.from([...bytesOf(...exact), 1])],
    ['a way that there is not', bytesOf(...exact.with(0, 3))],
    ['a way between two', bytesOf(...exact.with(0, 0.5))],
    ['a baseline that is no number', bytesOf(...exact.with(1, Number.NaN))],
    ['a value beyond all numbers', bytesOf(...exact.with(3, Number.POSITIVE_INFINITY))],
    ['a sampled value without its error', bytesOf(...exact.with(0, 2))],
  ])('are not read from %s', (_, body) => {
    expect(readExplained(body, WIDTH)).toBeUndefined();
  });
});
