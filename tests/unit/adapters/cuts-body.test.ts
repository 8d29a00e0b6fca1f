import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutsBody, readCuts } from '../../../src/adapters/scorer/cuts-body.ts';

const bytesOf = (...numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);
const anyCuts = fc.array(
  fc
    .uniqueArray(fc.float({ noNaN: true, noDefaultInfinity: true }), { comparator: 'IsStrictlyEqual' })
    .map((values) => Float32Array.from(values).sort()),
  { minLength: 1, maxLength: 6 },
);

describe('cuts in a frame', () => {
  it('come back as they went in', () => {
    fc.assert(
      fc.property(anyCuts, (cuts) => {
        expect(readCuts(new Uint8Array(cutsBody(cuts)), cuts.length)).toEqual(cuts);
      }),
    );
  });

  it('are null where nobody knows them', () => {
    expect(readCuts(new Uint8Array(cutsBody(null)), 3)).toBeNull();
  });

  it.each([
    ['too few features', bytesOf(0)],
    ['too many features', bytesOf(0, 0, 0)],
    ['more cuts announced than there are', bytesOf(0, 2, 1)],
    ['a number of cuts that is none', bytesOf(0, Number.NaN)],
    ['a part of a cut', bytesOf(-1, 0)],
    ['cuts out of order', bytesOf(0, 2, 5, 4)],
    ['the same cut twice', bytesOf(0, 2, 5, 5)],
    ['a cut that is no number', bytesOf(0, 2, 1, Number.NaN)],
    ['bytes left over', Uint8Array.from([...bytesOf(0, 0), 1])],
  ])('are not read from %s', (_, body) => {
    expect(readCuts(body, 2)).toBeUndefined();
  });
});
