import type { AskModel } from '../mixtures.ts';
import type { Gate } from '../model-gate.ts';
import { backtestGate } from './backtest-gate.ts';
import { calibrationGate } from './calibration-gate.ts';
import type { GateLimits } from './gate-limits.ts';
import { type GateMaterial, scoreRows } from './gate-material.ts';
import { outOfTimeGate } from './out-of-time-gate.ts';
import { sensitivityGate } from './sensitivity-gate.ts';
import { tooGoodGate } from './too-good-gate.ts';
import { weekKeyGate } from './week-key-gate.ts';

/** The gates that judge a model by its training table and reference sample, the model being asked along the way. */
export async function judgeTraining(
  ask: AskModel,
  material: GateMaterial,
  limits: GateLimits,
): Promise<readonly Gate[]> {
  const scores = await scoreRows(ask, material.training.matrix, material.features.length);
  const scored = { ...material, scores };
  return [
    await weekKeyGate(ask, material, limits.WEEK_KEY),
    tooGoodGate(scored, limits),
    outOfTimeGate(scored, limits.OUT_OF_TIME),
    backtestGate(scored, limits.BACKTEST),
    await sensitivityGate(ask, material, limits.SENSITIVITY),
    calibrationGate(scored, limits.CALIBRATION),
  ];
}
