import type { AskModel } from '../mixtures.ts';
import { type Gate, reproducibleGate } from '../model-gate.ts';
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

/** The gates for which the model is asked: how it answers, and what its training table and reference sample show of it. */
export async function judgeModel(
  ask: AskModel,
  material: GateMaterial,
  limits: GateLimits,
  input: FeatureInput,
): Promise<readonly Gate[]> {
  const width = material.features.length;
  const rows = material.reference.length;
  const reference = Float32Array.from(material.reference.flat());
  const first = await ask(reference, rows);
  const again = await ask(reference, rows);
  const rebatched = new Float64Array(rows);
  for (let from = 0; from < rows; from += OTHER_BATCH) {
    const to = Math.min(from + OTHER_BATCH, rows);
    rebatched.set(await ask(reference.slice(from * width, to * width), to - from), from);
  }
  const scores = await scoreRows(ask, material.training.matrix, width);
  const scored = { ...material, scores };
  return [
    signatureGate(first, rows, await columnOrder(ask, material, input), limits.COLUMN_ORDER),
    reproducibleGate(first, again, rebatched),
    await weekKeyGate(ask, material, limits.WEEK_KEY),
    tooGoodGate(scored, limits),
    outOfTimeGate(scored, limits.OUT_OF_TIME),
    backtestGate(scored, limits.BACKTEST),
    await sensitivityGate(ask, material, limits.SENSITIVITY),
    calibrationGate(scored, limits.CALIBRATION),
  ];
}
