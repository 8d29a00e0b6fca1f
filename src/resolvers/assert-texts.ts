import { refuse } from '../domain/refusal.ts';

/** Characters of all texts of an argument together: what an act says of itself has to fit into an audit entry. */
const LONGEST = 10_000;
/** Bytes, whose form and length are judged elsewhere. */
const BYTES = 'package';

/** Refuses texts that PostgreSQL or the audit log cannot keep: with U+0000 or half a character in them, or too long. */
export function assertTexts(argument: unknown): void {
  const length = lengthOf(argument);
  if (length > LONGEST) {
    refuse('LIMIT_EXCEEDED', 'TEXT_LENGTH', `The texts of an argument have ${LONGEST} characters at most.`);
  }
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') {
    if (!value.isWellFormed() || value.includes('\0')) {
      refuse('BAD_INPUT', 'TEXT', 'A text holds U+0000 or half a surrogate pair.');
    }
    return value.length;
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return 0;
  return Object.entries(value).reduce(
    (sum, [name, part]) => (name === BYTES ? sum : sum + lengthOf(part)),
    0,
  );
}
