import { forbiddenValue } from './forbidden-data.ts';
import { refuse } from './refusal.ts';

/** For what a customer may be read (GDPR art. 5.1.b); what is none of these is no reason to look. */
export const PURPOSES = [
  /** The customer asked why, or wants to know what is kept. */
  'CUSTOMER_QUESTION',
  'COMPLAINT',
  /** The sample and the recipients of a batch before it is released. */
  'REVIEW',
  /** A control by compliance, audit or a supervisor. */
  'CONTROL',
  /** Something went wrong and is looked into. */
  'INVESTIGATION',
] as const;

/** For what a customer is read, and the case in which it is: of the bank's own numbering, never a name. */
export interface Purpose {
  readonly kind: (typeof PURPOSES)[number];
  readonly reference: string | null;
}

const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/;
const AGENT = /^[A-Za-z0-9][A-Za-z0-9._|:-]{0,127}$/;

/** A purpose as it is written: `COMPLAINT` or `COMPLAINT; Z-2026-17`. Refuses what is none, and a reference that is personal data. */
export function readPurpose(text: string): Purpose {
  const [kind, reference = null, more] = text.split(';').map((part) => part.trim());
  const known = PURPOSES.find((purpose) => purpose === kind);
  if (known === undefined || more !== undefined) return refusePurpose();
  if (reference !== null && (!REFERENCE.test(reference) || forbiddenValue(reference) !== null))
    return refuse(
      'BAD_INPUT',
      'PURPOSE_REFERENCE',
      'The reference of a purpose is the number of a case: up to 64 of A-Z a-z 0-9 . _ / -, and no personal data.',
    );
  return { kind: known, reference };
}

/** Refuses to read a customer for no purpose. */
export function refusePurpose(): never {
  return refuse(
    'BAD_INPUT',
    'PURPOSE',
    `Say for what customers are read: the header X-Purpose is one of ${PURPOSES.join(', ')}, if you like with "; " and the number of the case.`,
  );
}

/** Whoever of a portal's people asks, by the portal's own pseudonym. Refuses what is none. */
export function readAgent(text: string): string {
  if (AGENT.test(text) && forbiddenValue(text) === null) return text;
  return refuseAgent();
}

/** Refuses to read a customer for a portal that does not say who of its people asks. */
export function refuseAgent(): never {
  return refuse(
    'BAD_INPUT',
    'AGENT',
    'A portal says who of its people reads a customer: the header X-Agent, a pseudonym of up to 128 of A-Z a-z 0-9 . _ | : -.',
  );
}
