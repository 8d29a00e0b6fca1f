import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedHash } from '../../src/domain/keyed-hash.ts';
import {
  meaningOf,
  type SelectionSettings,
  type SelectionVerdict,
  select,
  VERDICTS_OF_SELECTION,
} from '../../src/domain/selection.ts';

const keyOf = (byte: number) => new KeyedHash(new Uint8Array(16).fill(byte));
const KEYS = { ties: keyOf(1), holdout: keyOf(2), exploration: keyOf(3) };
const OPEN: SelectionSettings = { threshold: 0.5, capacity: 1000, holdoutShare: 0, explorationSize: 0 };

interface Scored {
  readonly id: string;
  readonly score: number;
}

/** Verdict and rank by customer. */
function selected(people: readonly Scored[], settings: SelectionSettings, keys = KEYS) {
  const { verdicts, ranks, aboveThreshold } = select(
    {
      customers: people.map(({ id }) => id),
      scores: Float64Array.from(people, ({ score }) => score),
    },
    settings,
    keys,
  );
  const byCustomer = new Map(
    people.map(({ id }, i) => [id, { verdict: VERDICTS_OF_SELECTION[verdicts[i] ?? -1], rank: ranks[i] }]),
  );
  return { byCustomer, aboveThreshold };
}

/** The same, in the words of domain.md, step 7, with sorted lists. */
function naively(people: readonly Scored[], settings: SelectionSettings) {
  const by = (hash: KeyedHash) => (a: Scored, b: Scored) => (hash.hex(a.id) < hash.hex(b.id) ? -1 : 1);
  const ranked = people.toSorted((a, b) => b.score - a.score || by(KEYS.ties)(a, b));
  const above = ranked.filter(({ score }) => score >= settings.threshold);
  const chosen = above.slice(0, settings.capacity);
  const heldOut = chosen.filter(
    ({ id }) => Number.parseInt(KEYS.holdout.hex(id).slice(0, 12), 16) / 2 ** 48 < settings.holdoutShare,
  );
  const rest = ranked.filter((person) => !chosen.includes(person));
  const explored = rest.toSorted(by(KEYS.exploration)).slice(0, settings.explorationSize);
  const verdictOf = (person: Scored): SelectionVerdict => {
    if (chosen.includes(person)) return heldOut.includes(person) ? 'HOLDOUT' : 'MODEL';
    const over = above.includes(person);
    if (explored.includes(person)) return over ? 'EXPLORATION_CAPACITY' : 'EXPLORATION_BELOW';
    return over ? 'CAPACITY' : 'BELOW';
  };
  return {
    byCustomer: new Map(
      people.map((person) => [person.id, { verdict: verdictOf(person), rank: 1 + ranked.indexOf(person) }]),
    ),
    aboveThreshold: above.length,
  };
}

const anyPeople = fc
  .uniqueArray(fc.integer({ min: 0, max: 5000 }), { maxLength: 120 })
  // Few different scores, so that ties are the rule.
  .chain((ids) =>
    fc
      .array(fc.constantFrom(0, 0.25, 0.5, 0.5000001, 0.75, 1), {
        minLength: ids.length,
        maxLength: ids.length,
      })
      .map((scores) => ids.map((id, i): Scored => ({ id: `c${id}`, score: scores[i] ?? 0 }))),
  );
const anySettings = fc.record({
  threshold: fc.constantFrom(0, 0.25, 0.5, 0.75, 1),
  capacity: fc.integer({ min: 0, max: 130 }),
  holdoutShare: fc.constantFrom(0, 0.1, 0.5, 1),
  explorationSize: fc.integer({ min: 0, max: 130 }),
});

describe('select', () => {
  it('chooses as sorted lists do', () => {
    fc.assert(
      fc.property(anyPeople, anySettings, (people, settings) => {
        expect(selected(people, settings)).toEqual(naively(people, settings));
      }),
      { numRuns: 500 },
    );
  });

  it('gives everyone the same whatever the order in which they come', () => {
    fc.assert(
      fc.property(
        anyPeople.chain((people) =>
          fc.tuple(fc.constant(people), fc.shuffledSubarray(people, { minLength: people.length })),
        ),
        anySettings,
        ([people, shuffled], settings) => {
          const [one, other] = [selected(people, settings), selected(shuffled, settings)];
          for (const { id } of people) expect(other.byCustomer.get(id)).toEqual(one.byCustomer.get(id));
        },
      ),
    );
  });

  it('ranks everyone once, better scores first', () => {
    fc.assert(
      fc.property(anyPeople, anySettings, (people, settings) => {
        const { byCustomer } = selected(people, settings);
        const ranked = people.toSorted(
          (a, b) => (byCustomer.get(a.id)?.rank ?? 0) - (byCustomer.get(b.id)?.rank ?? 0),
        );
        expect(ranked.map(({ id }) => byCustomer.get(id)?.rank)).toEqual(people.map((_, i) => i + 1));
        const scores = ranked.map(({ score }) => score);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      }),
    );
  });

  it('draws exactly as many for exploration as it may, none of them chosen', () => {
    fc.assert(
      fc.property(anyPeople, anySettings, (people, settings) => {
        const verdicts = [...selected(people, settings).byCustomer.values()].map(({ verdict }) => verdict);
        const count = (...of: SelectionVerdict[]) =>
          verdicts.filter((v) => v !== undefined && of.includes(v)).length;
        const chosen = count('MODEL', 'HOLDOUT');
        expect(chosen).toBe(
          Math.min(settings.capacity, people.filter(({ score }) => score >= settings.threshold).length),
        );
        expect(count('EXPLORATION_BELOW', 'EXPLORATION_CAPACITY')).toBe(
          Math.min(settings.explorationSize, people.length - chosen),
        );
      }),
    );
  });

  it('takes the threshold itself as above', () => {
    const people = [
      { id: 'at', score: 0.5 },
      { id: 'below', score: 0.5 - Number.EPSILON },
    ];
    const { byCustomer, aboveThreshold } = selected(people, OPEN);
    expect(byCustomer.get('at')?.verdict).toBe('MODEL');
    expect(byCustomer.get('below')?.verdict).toBe('BELOW');
    expect(aboveThreshold).toBe(1);
  });

  it('fills the capacity with the best and counts who was above it all the same', () => {
    const people = [0.6, 0.9, 0.7, 0.8].map((score) => ({ id: `c${score}`, score }));
    const { byCustomer, aboveThreshold } = selected(people, { ...OPEN, capacity: 2 });
    expect(people.map(({ id }) => byCustomer.get(id)?.verdict)).toEqual([
      'CAPACITY',
      'MODEL',
      'CAPACITY',
      'MODEL',
    ]);
    expect(aboveThreshold).toBe(4);
  });

  it('holds out about the share asked for, by the customer and not by the week', () => {
    const people = Array.from({ length: 20_000 }, (_, i) => ({ id: `c${i}`, score: 0.9 }));
    const settings = { ...OPEN, capacity: 20_000, holdoutShare: 0.1 };
    const heldOut = (keys: typeof KEYS) =>
      new Set(
        [...selected(people, settings, keys).byCustomer]
          .filter(([, { verdict }]) => verdict === 'HOLDOUT')
          .map(([id]) => id),
      );
    const first = heldOut(KEYS);
    // Four standard deviations of a binomial draw around 2,000.
    expect(Math.abs(first.size - 2000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.1 * 0.9));
    expect(heldOut({ ...KEYS, ties: keyOf(8), exploration: keyOf(9) })).toEqual(first);
    expect(heldOut({ ...KEYS, holdout: keyOf(8) })).not.toEqual(first);
  });

  it('explores without regard to the score, also far beyond what it keeps at hand', () => {
    const people = Array.from({ length: 5000 }, (_, i) => ({ id: `c${i}`, score: i / 10_000 }));
    const settings = { ...OPEN, explorationSize: 500 };
    const { byCustomer } = selected(people, settings);
    const explored = people.filter(({ id }) => byCustomer.get(id)?.verdict === 'EXPLORATION_BELOW');
    const lowest = people
      .toSorted((a, b) => (KEYS.exploration.hex(a.id) < KEYS.exploration.hex(b.id) ? -1 : 1))
      .slice(0, 500);
    expect(new Set(explored)).toEqual(new Set(lowest));
    const mean = explored.reduce((sum, { score }) => sum + score, 0) / explored.length;
    expect(mean).toBeGreaterThan(0.2);
    expect(mean).toBeLessThan(0.3);
  });

  it('has nothing to choose from nobody', () => {
    expect(selected([], { ...OPEN, explorationSize: 5 })).toEqual({
      byCustomer: new Map(),
      aboveThreshold: 0,
    });
  });
});

describe('meaningOf', () => {
  it('tells outcome, arm and reasons of every verdict', () => {
    expect(VERDICTS_OF_SELECTION.map((verdict, code) => [verdict, meaningOf(code)])).toEqual([
      ['MODEL', { outcome: 'MAIL', arm: 'MODEL', reasons: ['ABOVE_THRESHOLD'] }],
      ['HOLDOUT', { outcome: 'HELD_OUT', arm: 'HOLDOUT', reasons: ['RANDOM_HOLDOUT', 'ABOVE_THRESHOLD'] }],
      [
        'EXPLORATION_BELOW',
        { outcome: 'MAIL', arm: 'EXPLORATION', reasons: ['RANDOM_EXPLORATION', 'BELOW_THRESHOLD'] },
      ],
      [
        'EXPLORATION_CAPACITY',
        {
          outcome: 'MAIL',
          arm: 'EXPLORATION',
          reasons: ['RANDOM_EXPLORATION', 'CAPACITY', 'ABOVE_THRESHOLD'],
        },
      ],
      ['BELOW', { outcome: 'NOT_CHOSEN', arm: null, reasons: ['BELOW_THRESHOLD'] }],
      ['CAPACITY', { outcome: 'NOT_CHOSEN', arm: null, reasons: ['CAPACITY', 'ABOVE_THRESHOLD'] }],
    ]);
    expect(() => meaningOf(6)).toThrow(RangeError);
  });
});
