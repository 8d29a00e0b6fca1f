import { describe, expect, it } from 'vitest';
import { WarmScorer } from '../../../src/adapters/scorer/warm-scorer.ts';
import { DEFAULT_GATE_LIMITS } from '../../../src/domain/gates/gate-limits.ts';
import type { ModelSpec, Scorer } from '../../../src/domain/ports.ts';
import { materialOf, SOUND_WORLD } from '../../support/gate-world.ts';

const spec = (text: string): ModelSpec => ({
  model: Buffer.from(text),
  features: ['age'],
  output: { name: 'p', index: 1 },
});

/** Counts what is opened and closed; scores, explains and judges the text `bad` with an error. */
function counting() {
  const counts = { opened: 0, closed: 0 };
  const inner: Scorer = {
    open: async ({ model }) => {
      counts.opened++;
      return {
        runtime: 'counting',
        score: async (_matrix, rows) => {
          if (Buffer.from(model).toString() === 'bad') throw new Error('no score');
          return new Float64Array(rows);
        },
        cuts: async () => null,
        explain: async () => {
          if (Buffer.from(model).toString() === 'bad') throw new Error('no values');
          return [];
        },
        judge: async () => {
          if (Buffer.from(model).toString() === 'bad') throw new Error('no gates');
          return [];
        },
        close: async () => void counts.closed++,
      };
    },
  };
  return { counts, scorer: new WarmScorer(inner) };
}

describe('WarmScorer', () => {
  it('gives the same model its process again', async () => {
    const { counts, scorer } = counting();
    await (await scorer.open(spec('a'))).close();
    const again = await scorer.open(spec('a'));
    expect(await again.score(new Float32Array(3), 3)).toHaveLength(3);
    expect(counts).toEqual({ opened: 1, closed: 0 });
  });

  it('opens two at once for two users of a model', async () => {
    const { counts, scorer } = counting();
    await scorer.open(spec('a'));
    await scorer.open(spec('a'));
    expect(counts.opened).toBe(2);
  });

  it('keeps two processes of a model and no more', async () => {
    const { counts, scorer } = counting();
    const sessions = [
      await scorer.open(spec('a')),
      await scorer.open(spec('a')),
      await scorer.open(spec('a')),
    ];
    await Promise.all(sessions.map((session) => session.close()));
    expect(counts).toEqual({ opened: 3, closed: 1 });
    await scorer.open(spec('a'));
    await scorer.open(spec('a'));
    expect(counts).toEqual({ opened: 3, closed: 1 });
  });

  it('keeps one model, the last', async () => {
    const { counts, scorer } = counting();
    await (await scorer.open(spec('a'))).close();
    await (await scorer.open(spec('b'))).close();
    expect(counts).toEqual({ opened: 2, closed: 1 });
  });

  it('takes a model for another one where its features, its output or its texts are others', async () => {
    const { counts, scorer } = counting();
    const texts = new Map([['age', [[1, 'old'] as const]]]);
    const others: ModelSpec[] = [
      { ...spec('a'), features: ['job'] },
      { ...spec('a'), output: { name: 'p', index: 0 } },
      { ...spec('a'), texts },
      { ...spec('a'), texts: new Map([['age', [[1, 'young'] as const]]]) },
    ];
    for (const other of [spec('a'), ...others]) await (await scorer.open(other)).close();
    expect(counts).toEqual({ opened: 5, closed: 4 });
  });

  it('keeps no session that failed', async () => {
    const { counts, scorer } = counting();
    const session = await scorer.open(spec('bad'));
    await expect(session.score(new Float32Array(1), 1)).rejects.toThrow('no score');
    await session.close();
    expect(counts.closed).toBe(1);
  });

  it('keeps no session that failed to explain', async () => {
    const { counts, scorer } = counting();
    const session = await scorer.open(spec('bad'));
    await expect(session.explain(new Float32Array(1), new Float32Array(1))).rejects.toThrow('no values');
    await session.close();
    expect(counts.closed).toBe(1);
  });

  it.each(['good', 'bad'])('keeps no session that judged a %s model', async (model) => {
    const { counts, scorer } = counting();
    const session = await scorer.open(spec(model));
    await Promise.allSettled([session.judge(materialOf(SOUND_WORLD), DEFAULT_GATE_LIMITS)]);
    await session.close();
    expect(counts.closed).toBe(1);
  });

  it('ends what it keeps when it is closed', async () => {
    const { counts, scorer } = counting();
    await (await scorer.open(spec('a'))).close();
    await scorer.close();
    expect(counts.closed).toBe(1);
  });
});
