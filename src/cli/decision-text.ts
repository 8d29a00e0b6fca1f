import type { Decision } from '../domain/decision.ts';

/** A decision as a person reads it on a terminal: the outcome and every reason, the decisive one first. */
export function decisionText({ customer, outcome, arm, reasons, score, rank }: Decision): string {
  const scored =
    score === null ? 'was not scored' : `scored ${score.toFixed(4)}, rank ${rank?.toLocaleString('en')}`;
  const [decisive, ...others] = reasons;
  return [
    `${customer}: ${outcome}${arm === null ? '' : ` (${arm})`}, ${scored}`,
    `  because   ${decisive ?? 'no reason was recorded'}`,
    ...others.map((reason) => `  and also  ${reason}`),
  ].join('\n');
}
