import { percent } from '../check.ts';
import { figure, type Gate, type GateFigure, unjudgedGate } from '../model-gate.ts';
import { rowsOfWeeks, splitInTime, type TrainingWeek, trainingWeeks } from '../training-table.ts';
import { FEWEST_OF_A_KIND } from './area-under-curve.ts';
import { type GateLimit, gateLimitText, verdictOf } from './gate-limits.ts';
import type { ScoredMaterial } from './gate-material.ts';

const BINS = 10;
/** Bins are joined until so many conversions are expected (Cochran, Biometrics 10, 1954). */
const FEWEST_EXPECTED = 5;
/** Quantile of the normal distribution: what chance does once in a thousand times is not blamed on the model. */
const SURE = 3.09;
const NEAREST = 1e-9;

interface Bin {
  readonly rows: number;
  /** The sum of the scores: the conversions that the model expects. */
  readonly expected: number;
  readonly converted: number;
}

interface Calibration {
  readonly weeks: string;
  readonly bins: readonly Bin[];
  /** The conversions by which bins are off, as a share of all conversions. */
  readonly error: number;
  readonly beyondChance: boolean;
}

/**
 * CALIBRATION: does 80 % mean 80 %? Scores in tenths, what they expect against what came, for the weeks in time and after. Measured:
 * the conversions by which the tenths are off as a share of all conversions (the expected calibration error over the share
 * that converts; Naeini et al., AAAI 2015), the worse of the two, and counted only where it is beyond chance.
 */
export function calibrationGate({ training, trained, scores }: ScoredMaterial, limit: GateLimit): Gate {
  const { inTime, after } = splitInTime(trainingWeeks(training), trained);
  const limits = `conversions off, as a share of all: ${gateLimitText(limit, percent)}`;
  const judged = [
    calibrationOf('in time', inTime, training.labels, scores),
    calibrationOf('after', after, training.labels, scores),
  ].filter((one) => one !== null);
  const [first, second] = judged;
  if (first === undefined)
    return unjudgedGate(
      'CALIBRATION',
      limits,
      `training.csv has fewer than ${FEWEST_OF_A_KIND} rows that converted, in time and after.`,
    );
  const counted = ({ error, beyondChance }: Calibration) => (beyondChance ? error : 0);
  const worst = second !== undefined && counted(second) > counted(first) ? second : first;
  const verdict = verdictOf(counted(worst), limit);
  return {
    name: 'CALIBRATION',
    verdict,
    measured: judged
      .map(({ weeks, error, beyondChance }) => `${weeks} ${percent(error)}${beyondChance ? '' : ' (chance)'}`)
      .join(', '),
    limit: limits,
    message: verdict === 'PASS' ? 'A score is the share that converts.' : wrong(worst),
    figures: judged.map(figureOf),
  };
}

function wrong({ weeks, bins }: Calibration): string {
  const expected = bins.reduce((sum, bin) => sum + bin.expected, 0);
  const converted = bins.reduce((sum, bin) => sum + bin.converted, 0);
  return `A score is not the share that converts: ${weeks === 'after' ? 'in the weeks after its training' : 'in the weeks it learnt from'} the model expects ${Math.round(expected)} conversions and ${converted} came. It may rank well; a threshold means another share than it says.`;
}

function calibrationOf(
  weeks: string,
  of: readonly TrainingWeek[],
  labels: Uint8Array,
  scores: Float64Array,
): Calibration | null {
  const rows = rowsOfWeeks(of);
  const converted = rows.filter((row) => labels[row] === 1).length;
  if (converted < FEWEST_OF_A_KIND || rows.length - converted < FEWEST_OF_A_KIND) return null;
  const bins = binsOf(rows, labels, scores);
  const off = bins.reduce((sum, bin) => sum + Math.abs(bin.expected - bin.converted), 0);
  return { weeks, bins, error: off / converted, beyondChance: isBeyondChance(bins) };
}

/** Tenths of the rows by score, larger where scores are equal or few conversions are expected. */
function binsOf(rows: readonly number[], labels: Uint8Array, scores: Float64Array): readonly Bin[] {
  const score = (row: number | undefined) => scores[row ?? -1] ?? Number.NaN;
  const sorted = rows.toSorted((a, b) => score(a) - score(b));
  const bins: Bin[] = [];
  let [count, expected, converted] = [0, 0, 0];
  for (const [place, row] of sorted.entries()) {
    count += 1;
    expected += score(row);
    converted += labels[row] ?? 0;
    const full = count >= rows.length / BINS && Math.min(expected, count - expected) >= FEWEST_EXPECTED;
    if (full && score(sorted[place + 1]) !== score(row)) {
      bins.push({ rows: count, expected, converted });
      [count, expected, converted] = [0, 0, 0];
    }
  }
  if (count === 0) return bins;
  const last = bins.pop() ?? { rows: 0, expected: 0, converted: 0 };
  return [
    ...bins,
    { rows: last.rows + count, expected: last.expected + expected, converted: last.converted + converted },
  ];
}

/**
 * Whether chance explains the bins less than once in a thousand times: the statistic of Hosmer & Lemeshow (1980) against chi
 * squared with a degree of freedom a bin, its quantile by Wilson & Hilferty (PNAS 17, 1931).
 */
function isBeyondChance(bins: readonly Bin[]): boolean {
  const statistic = bins.reduce((sum, { rows, expected, converted }) => {
    const share = Math.min(Math.max(expected / rows, NEAREST), 1 - NEAREST);
    return sum + (converted - expected) ** 2 / (rows * share * (1 - share));
  }, 0);
  const spread = 2 / (9 * bins.length);
  return statistic > bins.length * (1 - spread + SURE * Math.sqrt(spread)) ** 3;
}

function figureOf({ weeks, bins }: Calibration): GateFigure {
  return figure(
    `calibration, weeks ${weeks}`,
    'tenth of the scores',
    ['rows', 'mean score', 'share converted', 'expected', 'converted'],
    bins.map(({ rows, expected, converted }, place) => [
      String(place + 1),
      rows,
      expected / rows,
      converted / rows,
      expected,
      converted,
    ]),
  );
}
