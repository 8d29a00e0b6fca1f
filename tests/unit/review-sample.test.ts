import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedHash } from '../../src/domain/keyed-hash.ts';
import { drawSample, type SampleCandidate } from '../../src/domain/review-sample.ts';

const HASH = new KeyedHash(new Uint8Array(16).fill(4));
const OTHER = new KeyedHash(new Uint8Array(16).fill(5));

const anyCandidates = fc.uniqueArray(fc.integer({ min: 0, max: 9999 }), { maxLength: 80 }).chain((ids) =>
  fc
    .array(fc.tuple(fc.boolean(), fc.constantFrom(0.1, 0.2, 0.5, 0.9, null)), {
      minLength: ids.length,
      maxLength: ids.length,
    })
    .map((facts) =>
      ids.map((id, i): SampleCandidate => {
        const [model = true, score = null] = facts[i] ?? [];
        return { customer: `c${id}`, arm: model ? 'MODEL' : 'EXPLORATION', score };
      }),
    ),
);

/** Customers with the scores n … 1. */
const arm = (name: SampleCandidate['arm'], count: number): SampleCandidate[] =>
  Array.from({ length: count }, (_, i) => ({ customer: `${name}${i}`, arm: name, score: count - i }));

describe('drawSample', () => {
  it('draws as many as asked for or as there are, each once, all of them candidates', () => {
    fc.assert(
      fc.property(anyCandidates, fc.integer({ min: 0, max: 100 }), (candidates, size) => {
        const sample = drawSample(candidates, size, HASH);
        expect(sample).toHaveLength(Math.min(size, candidates.length));
        expect(new Set(sample).size).toBe(sample.length);
        const known = new Set(candidates.map(({ customer }) => customer));
        expect(sample.every((customer) => known.has(customer))).toBe(true);
      }),
    );
  });

  it('draws the same from the same, in whatever order they come', () => {
    fc.assert(
      fc.property(
        anyCandidates.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        fc.integer({ min: 1, max: 30 }),
        ([candidates, shuffled], size) => {
          expect(drawSample(shuffled, size, HASH)).toEqual(drawSample(candidates, size, HASH));
        },
      ),
    );
  });

  it('draws others with another key', () => {
    const candidates = arm('MODEL', 400);
    expect(drawSample(candidates, 20, OTHER)).not.toEqual(drawSample(candidates, 20, HASH));
  });

  it('takes from every quarter of the scores of both arms, as often as can be', () => {
    const candidates = [...arm('MODEL', 400), ...arm('EXPLORATION', 40)];
    const stratum = new Map(
      candidates.map(({ customer, arm: of, score }) => {
        const size = of === 'MODEL' ? 400 : 40;
        return [customer, `${of} ${Math.floor((size - (score ?? 0)) / (size / 4))}`];
      }),
    );
    const counts = (size: number) => {
      const found = new Map<string, number>();
      for (const customer of drawSample(candidates, size, HASH)) {
        const of = stratum.get(customer) ?? '';
        found.set(of, (found.get(of) ?? 0) + 1);
      }
      return found;
    };
    expect(counts(8).size).toBe(8);
    expect([...counts(16).values()]).toEqual(new Array(8).fill(2));
    expect(counts(100).size).toBe(8);
    // Ten a quarter of the smaller arm, all of them, and the rest from the larger.
    expect(counts(200).get('EXPLORATION 0')).toBe(10);
    expect(counts(200).get('MODEL 3')).toBe(40);
  });

  it('takes everybody from a batch that is smaller than the sample', () => {
    const candidates = [...arm('MODEL', 2), ...arm('EXPLORATION', 1)];
    expect([...drawSample(candidates, 10, HASH)].sort()).toEqual(['EXPLORATION0', 'MODEL0', 'MODEL1']);
    expect(drawSample([], 10, HASH)).toEqual([]);
  });
});
