import { percent } from '../check.ts';
import type { AskModel } from '../mixtures.ts';
import { figure, type Gate } from '../model-gate.ts';
import { evenly } from '../training-table.ts';
import { type GateLimit, gateLimitText, verdictOf } from './gate-limits.ts';
import { type GateMaterial, scoreVaried } from './gate-material.ts';

const SAMPLE_ROWS = 200;
const STEPS = 10;

/** One feature turned over its range. */
interface Turned {
  readonly name: string;
  readonly direction: -1 | 0 | 1;
  readonly values: readonly number[];
  /** The mean score at each value: its partial dependence (Friedman, Ann. Statist. 29, 2001). */
  readonly means: readonly number[];
  /** The share of the scores' movement that goes against the declared direction, 0 where nothing moves or none is declared. */
  readonly against: number;
}

/**
 * SENSITIVITY: turn one knob and see that the declared direction holds. Each feature is set, for every customer of the reference
 * sample, to the tenths of its range one after the other; measured is the worst feature's share of the scores' movement, up
 * and down, that goes against its declared direction. 0 never, 0.5 no direction, 1 always.
 */
export async function sensitivityGate(
  ask: AskModel,
  { features, reference }: GateMaterial,
  limit: GateLimit,
): Promise<Gate> {
  const sample = evenly(reference, SAMPLE_ROWS);
  const turned: Turned[] = [];
  for (const [at, { name, direction }] of features.entries()) {
    const values = gridOf(reference.map((row) => Math.fround(row[at] ?? Number.NaN)));
    const scores = await scoreVaried(ask, sample, at, values);
    turned.push({ name, direction, values, ...movement(scores, values.length, sample.length, direction) });
  }
  const declared = turned.filter(({ direction }) => direction !== 0);
  const worst = declared.reduce<Turned | null>(
    (most, one) => (most === null || one.against > most.against ? one : most),
    null,
  );
  const verdict = verdictOf(worst?.against ?? 0, limit);
  const wrong = declared.filter(({ against }) => verdictOf(against, limit) !== 'PASS');
  return {
    name: 'SENSITIVITY',
    verdict,
    measured: worst === null ? 'no direction is declared' : `${percent(worst.against)} (${worst.name})`,
    limit: `share of movement against the declared direction: ${gateLimitText(limit, percent)}`,
    message:
      verdict === 'PASS'
        ? 'Turned alone, every feature moves the score the way that the card declares.'
        : `Turned alone, the score does not move as the card declares: ${wrong.map(({ name, direction }) => `${name} should ${direction > 0 ? 'raise' : 'lower'} it`).join(', ')}.`,
    figures: [
      figure(
        'direction',
        'feature',
        ['declared', 'movement against it', 'lowest mean score', 'highest mean score'],
        turned.map(({ name, direction, against, means }) => [
          name,
          direction,
          direction === 0 ? null : against,
          Math.min(...means),
          Math.max(...means),
        ]),
      ),
      ...turned.map(({ name, values, means }) =>
        figure(
          `mean score by ${name}`,
          name,
          ['value', 'mean score'],
          values.map((value, place) => [String(Number(value.toPrecision(6))), value, means[place] ?? null]),
        ),
      ),
    ],
  };
}

/** The lowest, the tenths and the highest of a sample, each once, ascending. */
function gridOf(sample: readonly number[]): readonly number[] {
  const sorted = sample.toSorted((a, b) => a - b);
  const places = Array.from({ length: STEPS + 1 }, (_, i) => Math.round((i * (sorted.length - 1)) / STEPS));
  return [...new Set(places.map((place) => sorted[place] ?? Number.NaN))];
}

function movement(
  scores: Float64Array,
  values: number,
  sample: number,
  direction: -1 | 0 | 1,
): { readonly means: readonly number[]; readonly against: number } {
  const means = Array.from(
    { length: values },
    (_, value) =>
      scores.subarray(value * sample, (value + 1) * sample).reduce((sum, score) => sum + score, 0) / sample,
  );
  let [all, against] = [0, 0];
  for (let place = sample; place < scores.length; place++) {
    const moved = (scores[place] ?? 0) - (scores[place - sample] ?? 0);
    all += Math.abs(moved);
    if (moved * direction < 0) against += Math.abs(moved);
  }
  return { means, against: all === 0 ? 0 : against / all };
}
