import { median } from '../check.ts';
import { figure, type Gate, unjudgedGate } from '../model-gate.ts';
import { type TrainingWeek, trainingWeeks } from '../training-table.ts';
import { type GateLimit, gateLimitText, verdictOf } from './gate-limits.ts';
import type { ScoredMaterial } from './gate-material.ts';

/** Weeks that a week is compared with, and from how many on: those of the check VOLUME_SPIKE. */
const WEEKS_BEFORE = 8;
const FEWEST_BEFORE = 4;
/** Fewer expected customers count as this many: eleven after weeks of none are no spike. */
const SMALLEST_VOLUME = 10;

interface Volume {
  readonly week: string;
  readonly rows: number;
  readonly chosen: number;
  readonly converted: number;
  /** Chosen customers as the weeks before let expect; null in the first weeks. */
  readonly expected: number | null;
}

/**
 * BACKTEST: what the model would have chosen in every week of training.csv at the campaign's threshold. Measured: the week with
 * the most chosen, as a multiple of what the weeks before let expect: the median share chosen in up to 8 of them, times the rows
 * of the week, for weeks of a training table differ in size by how it was drawn.
 */
export function backtestGate({ training, scores, threshold }: ScoredMaterial, limit: GateLimit): Gate {
  const volumes = volumesOf(trainingWeeks(training), training.labels, scores, threshold);
  const limits = `chosen as a multiple of what the weeks before let expect: ${gateLimitText(limit, (times) => `${times} ×`)}`;
  const [worst] = volumes.filter(({ expected }) => expected !== null).toSorted((a, b) => times(b) - times(a));
  if (worst === undefined)
    return unjudgedGate(
      'BACKTEST',
      limits,
      `training.csv has ${volumes.length} weeks: more than ${FEWEST_BEFORE} are needed to see a spike.`,
    );
  const verdict = verdictOf(times(worst), limit);
  const total = volumes.reduce((sum, { chosen }) => sum + chosen, 0);
  return {
    name: 'BACKTEST',
    verdict,
    measured: `${times(worst).toFixed(2)} × in ${worst.week}`,
    limit: limits,
    message:
      verdict === 'PASS'
        ? `At the threshold of ${threshold} the model chooses ${total} of ${scores.length} rows, and no week stands out.`
        : `At the threshold of ${threshold} the model chooses ${worst.chosen} of ${worst.rows} customers in ${worst.week}, where the weeks before let expect ${Math.round(worst.expected ?? 0)}.`,
    figures: [
      figure(
        'weekly volumes',
        'week',
        ['rows', 'converted', 'chosen', 'expected', 'multiple'],
        volumes.map((volume) => [
          volume.week,
          volume.rows,
          volume.converted,
          volume.chosen,
          volume.expected,
          volume.expected === null ? null : times(volume),
        ]),
      ),
    ],
  };
}

function times({ chosen, expected }: Volume): number {
  return expected === null ? 0 : chosen / expected;
}

function volumesOf(
  weeks: readonly TrainingWeek[],
  labels: Uint8Array,
  scores: Float64Array,
  threshold: number,
): readonly Volume[] {
  const shares: number[] = [];
  return weeks.map(({ week, rows }) => {
    const before = shares.slice(-WEEKS_BEFORE);
    const usual = before.length < FEWEST_BEFORE ? undefined : median(before);
    const chosen = rows.filter((row) => (scores[row] ?? 0) >= threshold).length;
    shares.push(chosen / rows.length);
    return {
      week,
      rows: rows.length,
      chosen,
      converted: rows.filter((row) => labels[row] === 1).length,
      expected: usual === undefined ? null : Math.max(usual * rows.length, SMALLEST_VOLUME),
    };
  });
}
