export const MODEL_STATUSES = ['REGISTERED', 'VALIDATED', 'APPROVED', 'LIVE', 'RETIRED', 'REFUSED'] as const;
export type ModelStatus = (typeof MODEL_STATUSES)[number];

/** A gate's result, with the written acceptance of whoever let a WARN pass. */
export interface JudgedGate {
  readonly name: string;
  readonly verdict: 'PASS' | 'WARN' | 'FAIL';
  readonly measured: string;
  readonly limit: string;
  readonly message: string;
  readonly acceptedBy: string | null;
  readonly acceptance: string | null;
}
