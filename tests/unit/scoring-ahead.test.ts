import { beforeEach, describe, expect, it } from 'vitest';
import { type ModelSpec, type Scorer, ScoringError } from '../../src/domain/ports.ts';
import { ScoringAhead } from '../../src/use-cases/scoring-ahead.ts';
import { likelyScorer } from '../support/likely-scorer.ts';

const SPEC: ModelSpec = { model: new Uint8Array(), features: ['likely'], output: { name: 'p', index: 0 } };
const always = <T>(score: () => Promise<T>): Promise<T> => score();

let closed: number;
let begun: number[];
beforeEach(() => {
  closed = 0;
  begun = [];
});

/** A batch is scored when `turn` lets it. */
const scorer = (turn: (batch: number) => Promise<void> = async () => {}): Scorer => ({
  async open(spec) {
    const session = await likelyScorer.open(spec);
    return {
      ...session,
      async score(matrix, rows) {
        await turn(begun.push(rows));
        return session.score(matrix, rows);
      },
      close: async () => void closed++,
    };
  },
});

it('puts the scores of each batch behind those of the one before, and closes the session', async () => {
  const scores = new Float64Array(4);
  {
    await using scoring = new ScoringAhead(scorer(), SPEC, scores, always);
    await scoring.add(Float32Array.of(0.5, 0.25), 2);
    await scoring.add(Float32Array.of(0.125, 1), 2);
    expect(await scoring.end()).toBe('likely-scorer');
  }
  expect([...scores]).toEqual([0.5, 0.25, 0.125, 1]);
  expect(closed).toBe(1);
});

it('has two batches under way, lets as many wait, and no more', async () => {
  const first = Promise.withResolvers<void>();
  await using scoring = new ScoringAhead(
    scorer(() => first.promise),
    SPEC,
    new Float64Array(5),
    always,
  );
  for (let batch = 0; batch < 4; batch++) await scoring.add(Float32Array.of(0), 1);
  const fifth = scoring.add(Float32Array.of(0), 1);
  const told = await Promise.race([
    fifth.then(() => 'taken'),
    new Promise((done) => setImmediate(done, 'waits')),
  ]);
  expect([told, begun]).toEqual(['waits', [1, 1]]);
  first.resolve();
  await fifth;
  await scoring.end();
  expect(begun).toHaveLength(5);
});

describe('a failure', () => {
  it('of a batch is that of all behind it, of which those are not scored that were not under way', async () => {
    await using scoring = new ScoringAhead(
      scorer(() => Promise.reject(new ScoringError('the model crashed'))),
      SPEC,
      new Float64Array(4),
      always,
    );
    for (let batch = 0; batch < 4; batch++) await scoring.add(Float32Array.of(0), 1);
    await expect(scoring.end()).rejects.toThrow('the model crashed');
    expect(begun).toHaveLength(2);
  });

  it('of a batch is told, though the one beside it and all after that are scored', async () => {
    await using scoring = new ScoringAhead(
      scorer((batch) => (batch === 1 ? Promise.reject(new Error('the model crashed')) : Promise.resolve())),
      SPEC,
      new Float64Array(2),
      always,
    );
    for (let batch = 0; batch < 2; batch++) await scoring.add(Float32Array.of(0), 1);
    await expect(scoring.end()).rejects.toThrow('the model crashed');
  });

  it('elsewhere leaves nobody behind who asks for leave, and scores nothing that was not under way', async () => {
    const asked = Promise.withResolvers<void>();
    let left = 0;
    const leave = async <T>(score: () => Promise<T>): Promise<T> => {
      try {
        return await score();
      } finally {
        await asked.promise;
        left++;
      }
    };
    {
      await using scoring = new ScoringAhead(scorer(), SPEC, new Float64Array(3), leave);
      for (let batch = 0; batch < 3; batch++) await scoring.add(Float32Array.of(0), 1);
      await new Promise((done) => setImmediate(done));
      setImmediate(asked.resolve);
    }
    expect([left, begun.length]).toEqual([2, 2]);
  });

  it('to open is met at the end, where there was no batch', async () => {
    const failing: Scorer = { open: () => Promise.reject(new ScoringError('no model')) };
    await using scoring = new ScoringAhead(failing, SPEC, new Float64Array(0), always);
    await expect(scoring.end()).rejects.toThrow('no model');
  });

  it('of the leave to score is told, and nothing is scored', async () => {
    const never = () => Promise.reject(new Error('withdrawn'));
    await using scoring = new ScoringAhead(scorer(), SPEC, new Float64Array(1), never);
    await scoring.add(Float32Array.of(0), 1);
    await expect(scoring.end()).rejects.toThrow('withdrawn');
    expect(begun).toEqual([]);
  });
});
