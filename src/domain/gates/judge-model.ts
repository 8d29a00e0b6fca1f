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

/** A batch of another size than the whole, for the gate REPRODUCIBLE. */
const OTHER_BATCH = 7;

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
    return reproducibleGate(first, again, await inOtherBatches(ask, reference, width));
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

async function inOtherBatches(
  ask: AskModel,
  matrix: Float32Array<ArrayBuffer>,
  width: number,
): Promise<Float64Array> {
  const rows = matrix.length / width;
  const scores = new Float64Array(rows);
  for (let from = 0; from < rows; from += OTHER_BATCH) {
    const to = Math.min(from + OTHER_BATCH, rows);
    scores.set(await ask(matrix.slice(from * width, to * width), to - from), from);
  }
  return scores;
}
