import type { JudgedGate, ModelStatus } from './model-version.ts';
import { Refusal, refuse } from './refusal.ts';

/**
 * What is done with a model version. VALIDATE has it judged again, JUDGE is what the engine does then. REPLACE is what activating
 * another one does to the one before.
 */
export const MODEL_ACTS = [
  'REGISTER',
  'VALIDATE',
  'JUDGE',
  'APPROVE',
  'REVOKE',
  'ACTIVATE',
  'REPLACE',
  'RETIRE',
  'SET_CHALLENGER',
  'CLEAR_CHALLENGER',
] as const;
export type ModelAct = (typeof MODEL_ACTS)[number];

/** Who did what with a model version when, and how it stood before and after; `before` is null of the first act. */
export interface PastAct {
  readonly at: Date;
  readonly by: string;
  readonly act: ModelAct;
  readonly before: ModelStatus | null;
  readonly after: ModelStatus;
  readonly note: string | null;
}

/** From when until when a version was in production, or the challenger; null while it lasts. */
export interface ModelPeriod {
  readonly from: Date;
  readonly until: Date | null;
}

/** As much of a model version as says what may be done with it next. */
export interface ModelLife {
  readonly status: ModelStatus;
  readonly registeredBy: string;
  readonly approvedBy: string | null;
  readonly liveFrom: Date | null;
}

/** Approved and not taken back: new, or in production before, to which a campaign may return. */
export function isAtHand({ status, approvedBy, liveFrom }: ModelLife): boolean {
  return status === 'APPROVED' || (status === 'RETIRED' && approvedBy !== null && liveFrom !== null);
}

/** Approving takes a validated version and another person than registered it; null where nothing is against it. */
export function judgeApproval(model: ModelLife, approver: string): Refusal | null {
  if (model.status !== 'VALIDATED') return wrongStatus(model, 'not VALIDATED');
  return model.registeredBy === approver ? another('approve what you registered') : null;
}

/** Why a gate that warns may pass, in writing. */
export interface Acceptance {
  readonly gate: string;
  readonly reason: string;
}

/**
 * The gates as an approval leaves them: of each that warns it is said who accepted that, and why. Refuses GATE_FAILED with the name
 * of a gate that fails, or that warns and was not accepted.
 */
export function acceptedGates(
  gates: readonly JudgedGate[],
  acceptances: readonly Acceptance[],
  approver: string,
): readonly JudgedGate[] {
  return gates.map((gate) => {
    if (gate.verdict === 'FAIL') return refuse('GATE_FAILED', gate.name, gate.message);
    if (gate.verdict === 'PASS') return gate;
    const acceptance = acceptances.find(({ gate: name }) => name === gate.name)?.reason.trim() ?? '';
    if (acceptance === '')
      refuse('GATE_FAILED', gate.name, `${gate.name} warns and needs a written acceptance: ${gate.message}`);
    return { ...gate, acceptedBy: approver, acceptance };
  });
}

/** Revoking takes an approval that stands, and another person than registered the version. */
export function judgeRevocation(model: ModelLife, reviewer: string): Refusal | null {
  if (model.approvedBy === null) return wrongStatus(model, 'and has no approval');
  return model.registeredBy === reviewer ? another('revoke the approval of what you registered') : null;
}

/**
 * Putting a version to use, live or as challenger, takes one that is at hand and another person than approved it: who judges a
 * model does not also run it.
 */
export function judgeUse(model: ModelLife, operator: string): Refusal | null {
  if (!isAtHand(model)) return wrongStatus(model, 'not APPROVED');
  return model.approvedBy === operator ? another('put to use what you approved') : null;
}

function wrongStatus({ status }: ModelLife, due: string): Refusal {
  return new Refusal('INVALID_STATE', 'MODEL_STATUS', `The model version is ${status}, ${due}.`);
}

function another(must: string): Refusal {
  return new Refusal('FOUR_EYES', 'ANOTHER_PERSON', `Another person must ${must}.`);
}
