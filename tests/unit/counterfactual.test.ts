import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidates, candidates, smallestTurn } from '../../src/domain/counterfactual.ts';
import type { FeedContract } from '../../src/domain/feed-contract.ts';
import { KeyedHash } from '../../src/domain/keyed-hash.ts';
import type { CardFeature, ModelCard } from '../../src/domain/model-card.ts';
import { meaningOf, type SelectionSettings, select } from '../../src/domain/selection.ts';
import { barOf, type Cutoff, type Ranked } from '../../src/domain/selection-bar.ts';
import { variedFeatures } from '../../src/domain/varied-feature.ts';
import { cardOf, contractOf, feature } from '../support/varied-card.ts';

const keyOf = (byte: number) => new KeyedHash(new Uint8Array(16).fill(byte));
const KEYS = { ties: keyOf(1), holdout: keyOf(2), exploration: keyOf(3) };

const CONTRACT: FeedContract = contractOf(
  { name: 'age', type: 'integer' },
  { name: 'logins', type: 'integer', min: 0 },
  { name: 'balance', type: 'number' },
  { name: 'has_app', type: 'boolean' },
);
const FEATURES: readonly CardFeature[] = [
  feature('age', { column: 'age' }),
  feature('logins', { column: 'logins' }),
  feature('balance', { column: 'balance' }),
  feature('app', { column: 'has_app' }),
];
const CARD: ModelCard = cardOf(FEATURES);

type Row = readonly [age: number, logins: number, balance: number, app: number];
interface Person {
  readonly id: string;
  readonly row: Row;
}

/** Scores a row as the service has it done: from float32, in few different values, so that ties are the rule. */
type Model = (row: Float32Array) => number;
const modelOf =
  (weights: Row, waves: number): Model =>
  ([age = 0, logins = 0, balance = 0, app = 0]) => {
    const sum = weights[0] * age + weights[1] * logins + weights[2] * (balance / 100) + weights[3] * app;
    return Math.round(10 * (0.5 + 0.5 * Math.sin(sum / waves))) / 10;
  };

const anyRow = fc.tuple(
  fc.integer({ min: 18, max: 80 }),
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: -2000, max: 9000 }).map((cents) => Math.fround(cents / 100)),
  fc.constantFrom(0, 1),
);
const anyPeople = fc
  .uniqueArray(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 25 })
  .chain((ids) =>
    fc
      .array(anyRow, { minLength: ids.length, maxLength: ids.length })
      .map((rows) => ids.map((id, i): Person => ({ id: `c${id}`, row: rows[i] ?? [0, 0, 0, 0] }))),
  );
const anyModel = fc
  .tuple(
    fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: -3, max: 3 }))),
    fc.integer({ min: 5, max: 60 }),
  )
  .map(([[a = 0, b = 0, c = 0, d = 0], waves]) => modelOf([a, b, c, d], waves));
const anySettings = fc.record({
  threshold: fc.constantFrom(0, 0.3, 0.5, 0.8),
  capacity: fc.integer({ min: 0, max: 15 }),
  holdoutShare: fc.constantFrom(0, 0.3, 1),
  explorationSize: fc.integer({ min: 0, max: 6 }),
});

/** Everyone's outcome and place, as the run gives them. */
function selected(people: readonly Person[], scores: Float64Array, settings: SelectionSettings) {
  const { verdicts, ranks } = select({ customers: people.map(({ id }) => id), scores }, settings, KEYS);
  return people.map(({ id }, i) => {
    const { outcome, arm } = meaningOf(verdicts[i] ?? -1);
    const chosen = arm === 'MODEL' || arm === 'HOLDOUT';
    return { customer: id, score: scores[i] ?? 0, rank: ranks[i] ?? 0, outcome, arm, chosen };
  });
}
type Selected = ReturnType<typeof selected>[number];

/** What is on record of where the choice ended, without those who were erased. */
function cutoffOf(known: readonly Selected[], { capacity }: SelectionSettings): Cutoff {
  const ranked = known.toSorted((a, b) => a.rank - b.rank);
  return {
    last: ranked.findLast(({ rank }) => rank <= capacity) ?? null,
    next: ranked.find(({ rank }) => rank > capacity) ?? null,
    explored: known.filter(({ arm }) => arm === 'EXPLORATION').map(({ customer }) => customer),
  };
}

/** A small population, what became of each, and the same run with another score for one of them. */
function population(people: readonly Person[], model: Model, settings: SelectionSettings) {
  const scores = Float64Array.from(people, ({ row }) => model(Float32Array.from(row)));
  const reference = people.map(({ row }) => row);
  const features = variedFeatures(CARD, CONTRACT, reference, [], '2026-11-15', null);
  const decisions = selected(people, scores, settings);
  return {
    decisions,
    tried: (at: number) => {
      const found = candidates(features, Float32Array.from(people[at]?.row ?? []));
      return { found, scores: scoresOf(found, model) };
    },
    again: memoised((at, score) => selected(people, scores.with(at, score), settings)[at]),
  };
}

/** Runs again once for each customer and score: few scores are different. */
function memoised(again: (at: number, score: number) => Selected | undefined) {
  const known = new Map<string, Selected | undefined>();
  return (at: number, score: number): Selected | undefined => {
    const key = `${at}/${score}`;
    if (!known.has(key)) known.set(key, again(at, score));
    return known.get(key);
  };
}

function scoresOf({ changes, matrix }: Candidates, model: Model): Float64Array {
  const { length } = FEATURES;
  return Float64Array.from(changes, (_, i) => model(matrix.subarray(i * length, (i + 1) * length)));
}

const PEOPLE: readonly Person[] = [10, 20, 30, 40].map((logins) => ({
  id: `c${logins}`,
  row: [40, logins, 0, 0],
}));
const OPEN: SelectionSettings = { threshold: 0.2, capacity: 10, holdoutShare: 0, explorationSize: 0 };
/** The score is a hundredth of the log-ins. */
const LOGINS: Model = ([, logins = 0]) => logins / 100;

describe('smallestTurn', () => {
  it('turns the choice when the run is done again, and nothing smaller does', () => {
    fc.assert(
      fc.property(anyPeople, anyModel, anySettings, (people, model, settings) => {
        const { decisions, tried, again } = population(people, model, settings);
        const cutoff = cutoffOf(decisions, settings);
        decisions.forEach((decision, at) => {
          const { found, scores } = tried(at);
          const turn = smallestTurn(found, scores, barOf(decision, settings, KEYS, cutoff));
          const turns = [...scores].map((score) => again(at, score)?.chosen !== decision.chosen);
          if (turn === null) {
            // Said of nobody whom the draw for exploration might have mailed all the same.
            if (!decision.chosen || settings.explorationSize === 0) expect(turns).not.toContain(true);
            return;
          }
          const first = turns.indexOf(true);
          expect(found.changes[first]).toMatchObject({ feature: turn.feature, from: turn.from, to: turn.to });
          expect(scores[first]).toBe(turn.scoreAfter);
          expect(again(at, turn.scoreAfter)?.outcome).toBe(turn.outcomeAfter);
        });
      }),
      { numRuns: 300, examples: [[[...PEOPLE], LOGINS, { ...OPEN, capacity: 2, explorationSize: 1 }]] },
    );
  });

  it('finds the same where it is known at which values alone the score steps', () => {
    const anyCuts = fc.tuple(
      ...FEATURES.map(() =>
        fc
          .uniqueArray(fc.integer({ min: -10, max: 60 }).map((half) => half / 2))
          .map((values) => values.sort((a, b) => a - b)),
      ),
    );
    fc.assert(
      fc.property(anyPeople, anyCuts, anySettings, (people, cuts, settings) => {
        const stepping: Model = (row) => {
          const below = cuts.map((values, at) => values.filter((cut) => cut < (row[at] ?? 0)).length);
          return Math.abs(Math.sin(below.reduce((sum, count, at) => sum + count * (at + 1), 0)));
        };
        const { decisions } = population(people, stepping, settings);
        const reference = people.map(({ row }) => row);
        const known = cuts.map((values) => Float32Array.from(values));
        const tried = (row: Float32Array, where: typeof known | null) =>
          candidates(variedFeatures(CARD, CONTRACT, reference, [], '2026-11-15', where), row);
        decisions.forEach((decision, at) => {
          const bar = barOf(decision, settings, KEYS, cutoffOf(decisions, settings));
          const row = Float32Array.from(people[at]?.row ?? []);
          const [every, apart] = [tried(row, null), tried(row, known)];
          expect(smallestTurn(apart, scoresOf(apart, stepping), bar)).toEqual(
            smallestTurn(every, scoresOf(every, stepping), bar),
          );
          expect(apart.changes.length).toBeLessThanOrEqual(cuts.flat().length);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('claims nothing that those who were erased could prove wrong', () => {
    const anyErased = fc.array(fc.boolean(), { minLength: 25, maxLength: 25 });
    fc.assert(
      fc.property(anyPeople, anyModel, anySettings, anyErased, (people, model, settings, erased) => {
        const { decisions, tried, again } = population(people, model, settings);
        decisions.forEach((decision, at) => {
          const known = decisions.filter((_, other) => other === at || erased[other] !== true);
          const { found, scores } = tried(at);
          const bar = barOf(decision, settings, KEYS, cutoffOf(known, settings));
          const turn = smallestTurn(found, scores, bar);
          if (turn === null) return;
          const after = again(at, turn.scoreAfter);
          expect([after?.chosen, after?.outcome]).toEqual([!decision.chosen, turn.outcomeAfter]);
        });
      }),
      { numRuns: 300 },
    );
  });

  const turnOf = (at: number, settings: SelectionSettings, model: Model = LOGINS) => {
    const { decisions, tried } = population(PEOPLE, model, settings);
    const { found, scores } = tried(at);
    const own = decisions[at] ?? { customer: '', score: 0, rank: 0 };
    return smallestTurn(found, scores, barOf(own, settings, KEYS, cutoffOf(decisions, settings)));
  };

  it('says what would have been enough to be chosen', () => {
    const enough = { feature: 'logins', from: 10, to: 20, scoreAfter: 0.2 };
    expect(turnOf(0, OPEN)).toEqual({ ...enough, outcomeAfter: 'MAIL' });
    expect(turnOf(0, { ...OPEN, holdoutShare: 1 })).toEqual({ ...enough, outcomeAfter: 'HELD_OUT' });
    // Drawn at random, and yet not chosen.
    expect(turnOf(0, { ...OPEN, explorationSize: 1 })).toEqual({ ...enough, outcomeAfter: 'MAIL' });
  });

  it('says what would have been too little', () => {
    const less = { feature: 'logins', from: 30, to: 19, scoreAfter: 0.19, outcomeAfter: 'NOT_CHOSEN' };
    expect(turnOf(2, OPEN)).toEqual(less);
    expect(turnOf(2, { ...OPEN, holdoutShare: 1 })).toEqual(less);
    // One fewer than whoever came next, where there is no room for both.
    const overtaken = turnOf(2, { ...OPEN, capacity: 2 });
    expect(overtaken?.to).toBe(KEYS.ties.fraction('c30') < KEYS.ties.fraction('c20') ? 19 : 20);
  });

  it('says nothing of a customer whom exploration would have mailed', () => {
    expect(turnOf(2, { ...OPEN, explorationSize: 2 })).toBeNull();
  });

  it('says so of a customer after whom exploration would have drawn the same people', () => {
    // Who comes next is below the threshold, and so stays drawn when a place among the chosen is free.
    const settings = { ...OPEN, capacity: 3, explorationSize: 1 };
    const drawn = KEYS.exploration.fraction('c10');
    const chosen = PEOPLE.slice(1).map(({ id }) => id);
    expect(
      chosen.map(
        (id) =>
          turnOf(
            PEOPLE.findIndex((one) => one.id === id),
            settings,
          ) !== null,
      ),
    ).toEqual(chosen.map((id) => drawn < KEYS.exploration.fraction(id)));
    expect(chosen.map((id) => drawn < KEYS.exploration.fraction(id))).toContain(true);
  });

  it('finds nothing in a flat model, nor where there is no capacity', () => {
    expect(turnOf(0, OPEN, () => 0.1)).toBeNull();
    expect(turnOf(2, OPEN, () => 0.9)).toBeNull();
    expect(turnOf(0, { ...OPEN, capacity: 0 })).toBeNull();
  });

  it('finds nothing where only a person of another age would have been chosen', () => {
    expect(turnOf(0, OPEN, ([age = 0]) => (age > 50 ? 1 : 0))).toBeNull();
  });

  it('looks only at what was scored so far', () => {
    const { tried } = population(PEOPLE, LOGINS, OPEN);
    const { found, scores } = tried(0);
    const own: Ranked = { customer: 'c10', score: 0.1, rank: 4 };
    const bar = barOf(own, OPEN, KEYS, { last: null, next: null, explored: [] });
    expect(smallestTurn(found, scores.subarray(0, 3), bar)).toBeNull();
    expect(smallestTurn(found, scores, bar)?.to).toBe(20);
  });
});

describe('candidates', () => {
  it('puts the smallest change first and executes what it shows, leaving the rest as it is', () => {
    fc.assert(
      fc.property(anyPeople, anyRow, (people, own) => {
        const reference = people.map(({ row }) => row);
        const features = variedFeatures(CARD, CONTRACT, reference, [], '2026-11-15', null);
        const row = Float32Array.from(own);
        const { changes, matrix } = candidates(features, row);
        expect(matrix).toHaveLength(changes.length * row.length);
        const positions = changes.map(({ feature: name }) => FEATURES.findIndex((one) => one.name === name));
        const executed = changes.map((_, i) => matrix.slice(i * row.length, (i + 1) * row.length));
        expect(executed).toEqual(changes.map(({ to }, i) => row.with(positions[i] ?? -1, Math.fround(to))));
        expect(changes.map(({ from }) => from)).toEqual(positions.map((at) => row[at]));
        expect(changes.filter(({ from, to }) => from === Math.fround(to))).toEqual([]);
        const sizeOf = new Map(
          features.flatMap(({ name, at, stepsFrom }) =>
            stepsFrom(row[at] ?? 0).map(({ to, size }) => [`${name} ${to}`, size]),
          ),
        );
        const sizes = changes.map(({ feature: name, to }) => sizeOf.get(`${name} ${to}`) ?? Number.NaN);
        expect(sizes).toHaveLength(sizeOf.size);
        expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
      }),
      { numRuns: 30, examples: [[[...PEOPLE], [40, 5, 0.1, 1]]] },
    );
  });
});
