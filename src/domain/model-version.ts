import type { GateFigure } from './model-gate.ts';

export const MODEL_STATUSES = ['REGISTERED', 'VALIDATED', 'APPROVED', 'LIVE', 'RETIRED', 'REFUSED'] as const;
export type ModelStatus = (typeof MODEL_STATUSES)[number];

/** A gate's result, with the written acceptance of whoever let a WARN pass. */
export interface JudgedGate {
  readonly name: string;
  readonly verdict: 'PASS' | 'WARN' | 'FAIL';
  readonly measured: string;
  readonly limit: string;
  readonly message: string;
  /** Absent in versions that were registered before gates had figures. */
  readonly figures?: readonly GateFigure[];
  readonly acceptedBy: string | null;
  readonly acceptance: string | null;
}
