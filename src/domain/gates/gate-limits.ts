import type { GateVerdict } from '../model-gate.ts';

/** Above which measured value a gate warns and fails; null never does. */
export interface GateLimit {
  readonly warn: number | null;
  readonly fail: number | null;
}

export const LIMITED_MEASURES = [
  'COLUMN_ORDER',
  'WEEK_KEY',
  'TOO_GOOD',
  'CERTAINTY',
  'OUT_OF_TIME',
  'BACKTEST',
  'SENSITIVITY',
  'CALIBRATION',
] as const;
export type LimitedMeasure = (typeof LIMITED_MEASURES)[number];
export type GateLimits = Readonly<Record<LimitedMeasure, GateLimit>>;

/** The reviewed limits, where a campaign has none of its own; docs/gates.md says what each measures and why it is where it is. */
export const DEFAULT_GATE_LIMITS: GateLimits = {
  COLUMN_ORDER: { warn: 0.005, fail: 0.02 },
  WEEK_KEY: { warn: 0.2, fail: 0.5 },
  TOO_GOOD: { warn: 0.85, fail: 0.9 },
  CERTAINTY: { warn: 0.05, fail: 0.3 },
  OUT_OF_TIME: { warn: 0.05, fail: 0.1 },
  BACKTEST: { warn: 4, fail: 8 },
  SENSITIVITY: { warn: 0.05, fail: 0.25 },
  CALIBRATION: { warn: 0.2, fail: 1 },
};

export function verdictOf(measured: number, { warn, fail }: GateLimit): GateVerdict {
  if (fail !== null && measured > fail) return 'FAIL';
  return warn !== null && measured > warn ? 'WARN' : 'PASS';
}

export function gateLimitText({ warn, fail }: GateLimit, show: (value: number) => string = String): string {
  const part = (name: string, value: number | null) =>
    value === null ? `never ${name}` : `${name} above ${show(value)}`;
  return `${part('warn', warn)}, ${part('fail', fail)}`;
}
