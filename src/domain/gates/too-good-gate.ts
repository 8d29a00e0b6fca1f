import { percent } from '../check.ts';
import { figure, type Gate, unjudgedGate } from '../model-gate.ts';
import { rowsOfWeeks, splitInTime, trainingWeeks } from '../training-table.ts';
import { areaUnderCurve, FEWEST_OF_A_KIND } from './area-under-curve.ts';
import { type GateLimits, gateLimitText, verdictOf } from './gate-limits.ts';
import type { ScoredMaterial } from './gate-material.ts';

const NEAR_CERTAIN = 0.001;
/** Where few convert, low scores are no certainty: only those below this part of the share that does. */
const PART_OF_BASE = 0.05;

/**
 * TOO_GOOD: nobody can be that sure of people. Measured: the area under the curve, of the weeks in time or after, whichever is
 * higher; and the share of scores below 0.001 (a twentieth of the share of conversions, where that is less) or above 0.999.
 * The figure tells what each feature reaches alone: one that nearly decides is known only afterwards.
 */
export function tooGoodGate(
  { features, training, trained, scores }: ScoredMaterial,
  limits: Pick<GateLimits, 'TOO_GOOD' | 'CERTAINTY'>,
): Gate {
  const { inTime, after } = splitInTime(trainingWeeks(training), trained);
  const auc = (values: ArrayLike<number>, rows: readonly number[]) =>
    areaUnderCurve(values, training.labels, rows)?.value ?? null;
  const [learnt, later] = [rowsOfWeeks(inTime), rowsOfWeeks(after)];
  const [ofLearnt, ofLater] = [auc(scores, learnt), auc(scores, later)];
  const limit = `area under the curve: ${gateLimitText(limits.TOO_GOOD)}; near-certain scores: ${gateLimitText(limits.CERTAINTY, percent)}`;
  if (ofLearnt === null)
    return unjudgedGate(
      'TOO_GOOD',
      limit,
      `training.csv has fewer than ${FEWEST_OF_A_KIND} rows in time that converted, or that did not.`,
    );
  const certain = certainShare(scores, training.labels);
  const best = Math.max(ofLearnt, ofLater ?? 0);
  const alone = features.map(({ name }, at) => {
    const column = Float32Array.from(
      training.labels,
      (_, row) => training.matrix[row * features.length + at] ?? 0,
    );
    const value = auc(column, learnt) ?? 0.5;
    return [name, Math.max(value, 1 - value)] as const;
  });
  const [strongest = ''] = alone.toSorted(([, a], [, b]) => b - a)[0] ?? [];
  const verdicts = [verdictOf(best, limits.TOO_GOOD), verdictOf(certain, limits.CERTAINTY)] as const;
  const verdict = verdicts.includes('FAIL') ? 'FAIL' : verdicts.includes('WARN') ? 'WARN' : 'PASS';
  return {
    name: 'TOO_GOOD',
    verdict,
    measured: `area under the curve ${best.toFixed(3)}, ${percent(certain)} of the scores near-certain`,
    limit,
    message:
      verdict === 'PASS'
        ? 'The model is as good as a model of people can be expected to be.'
        : `The model is surer than anybody can be of people. Look for what is known only after a customer converted; the feature that tells most alone is ${strongest}.`,
    figures: [
      figure(
        'area under the curve',
        'weeks',
        ['value'],
        [
          ['in time', ofLearnt],
          ['after', ofLater],
        ],
      ),
      figure('area under the curve of a feature alone', 'feature', ['value'], alone),
    ],
  };
}

function certainShare(scores: Float64Array, labels: Uint8Array): number {
  const base = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const low = Math.min(NEAR_CERTAIN, base * PART_OF_BASE);
  return scores.filter((score) => score < low || score > 1 - NEAR_CERTAIN).length / scores.length;
}
