import type { AskModel } from '../mixtures.ts';
import { type Gate, type GateName, reproducibleGate } from '../model-gate.ts';
import { backtestGate } from './backtest-gate.ts';
import { calibrationGate } from './calibration-gate.ts';
import { columnOrder } from './column-order.ts';
import type { GateLimits } from './gate-limits.ts';
import { type FeatureInput, type GateMaterial, scoreRows } from './gate-material.ts';
import { outOfTimeGate } from './out-of-time-gate.ts';
import { sensitivityGate } from './sensitivity-gate.ts';
import { signatureGate } from './signature-gate.ts';
import { tooGoodGate } from './too-good-gate.ts';
import { weekKeyGate } from './week-key-gate.ts';

/** Batches of other sizes than the whole, for the gate REPRODUCIBLE: an odd one, and the one in which runs score. */
const ODD_BATCH = 7;
const RUN_BATCH = 10_000;

/**
 * The gates for which the model is asked: how it answers, and what its training table and reference sample show of it.
 * @param onGate told of each gate as it is begun
 */
export async function judgeModel(
  ask: AskModel,
  material: GateMaterial,
  limits: GateLimits,
  input: FeatureInput,
  onGate: (gate: GateName) => void = () => {},
): Promise<readonly Gate[]> {
  const width = material.features.length;
  const rows = material.reference.length;
  const reference = Float32Array.from(material.reference.flat());
  const gates: Gate[] = [];
  const judge = async (name: GateName, gate: () => Gate | Promise<Gate>) => {
    onGate(name);
    gates.push(await gate());
  };
  const first = await ask(reference, rows);
  await judge('SIGNATURE', async () =>
    signatureGate(first, rows, await columnOrder(ask, material, input), limits.COLUMN_ORDER),
  );
  await judge('REPRODUCIBLE', async () => {
    const again = await ask(reference, rows);
    const odd = await inOddBatches(ask, reference, width);
    const full = await ask(repeated(reference, RUN_BATCH * width), RUN_BATCH);
    // A row differs where it does in either.
    const otherwise = odd.map((score, row) =>
      Object.is(score, first[row]) ? (full[row] ?? Number.NaN) : score,
    );
    return reproducibleGate(first, again, otherwise);
  });
  const scores = await scoreRows(ask, material.training.matrix, width);
  const scored = { ...material, scores };
  await judge('WEEK_KEY', () => weekKeyGate(ask, material, limits.WEEK_KEY));
  await judge('TOO_GOOD', () => tooGoodGate(scored, limits));
  await judge('OUT_OF_TIME', () => outOfTimeGate(scored, limits.OUT_OF_TIME));
  await judge('BACKTEST', () => backtestGate(scored, limits.BACKTEST));
  await judge('SENSITIVITY', () => sensitivityGate(ask, material, limits.SENSITIVITY));
  await judge('CALIBRATION', () => calibrationGate(scored, limits.CALIBRATION));
  return gates;
}

async function inOddBatches(
  ask: AskModel,
  matrix: Float32Array<ArrayBuffer>,
  width: number,
): Promise<Float64Array> {
  const rows = matrix.length / width;
  const scores = new Float64Array(rows);
  for (let from = 0; from < rows; from += ODD_BATCH) {
    const to = Math.min(from + ODD_BATCH, rows);
    scores.set(await ask(matrix.slice(from * width, to * width), to - from), from);
  }
  return scores;
}

/** Numbers repeated from the first on, up to a length. */
function repeated(numbers: Float32Array, length: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, (_, place) => numbers[place % numbers.length] ?? Number.NaN);
}
