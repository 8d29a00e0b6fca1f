/** The closed list of codes by which the service refuses; the API shows them as `extensions.code`. */
export const REFUSAL_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_INPUT',
  'INVALID_STATE',
  'FOUR_EYES',
  'CONFLICT',
  'NOT_SIGNED_OFF',
  'GATE_FAILED',
  'CHECK_HALTED',
  'LIMIT_EXCEEDED',
  'ERASED',
  'UNAVAILABLE',
  'INTERNAL',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/**
 * An answer of the rules, not a fault: the act was understood and is not done.
 * `rule` names the rule that refused; `message` is for a person and holds no personal data.
 */
export class Refusal {
  constructor(
    readonly code: RefusalCode,
    readonly rule: string,
    readonly message: string,
  ) {}
}

/** Carries a refusal out of a transaction, so that nothing of the refused act stays. */
export class RefusalError extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
    this.name = 'RefusalError';
  }
}

/** Why work ends that nobody waits for any more: the reason with which its signal is aborted. */
export function cancellation(): RefusalError {
  return new RefusalError(new Refusal('UNAVAILABLE', 'CANCELLED', 'It was cancelled.'));
}

/** Leaves the act: used where the code below needs what the rule just denied. */
export function refuse(code: RefusalCode, rule: string, message: string): never {
  throw new RefusalError(new Refusal(code, rule, message));
}

/** What the rules answered; leaves the act where that is a refusal. */
export function obey<Answer>(answer: Answer | Refusal): Answer {
  if (answer instanceof Refusal) throw new RefusalError(answer);
  return answer;
}
