/** What is wrong with a row of the record. */
export type RecordRule =
  /** An entry speaks of it and it is not there, and no erasure says why. */
  | 'MISSING'
  /** It is there and no entry speaks of it. */
  | 'UNSPOKEN'
  /** A field says something else than the entry. */
  | 'DIFFERS'
  /** Its content does not hash to the digest that the entry commits to. */
  | 'DIGEST'
  /** The same row stands twice. */
  | 'TWICE'
  /** A trigger, constraint, function or right is not the one of this release. */
  | 'GUARD';

/** The first thing in the record that is not as the log says. Names no customer and no value of one. */
export interface RecordFault {
  readonly table: string;
  /** The key of the row or of what it belongs to; of a customer, the pseudonym of the log. */
  readonly id: string;
  /** The number of the row within what `id` names, null where the id is the row's own. */
  readonly row: number | null;
  readonly field: string | null;
  readonly rule: RecordRule;
  /** The entry that says otherwise, null where there is none. */
  readonly entry: number | null;
  /** For a person. */
  readonly message: string;
}

/** A fault; what is not said is null. */
export function recordFault(
  table: string,
  id: string,
  rule: RecordRule,
  message: string,
  where: { readonly row?: number; readonly field?: string; readonly entry?: number | null } = {},
): RecordFault {
  return {
    table,
    id,
    row: where.row ?? null,
    field: where.field ?? null,
    rule,
    entry: where.entry ?? null,
    message,
  };
}

/**
 * Which of two faults of the rows of one run to name, whatever order the rows lie in: that a row stands twice before what the two
 * of it say, else the one of the lower row.
 */
export function foremost(one: RecordFault | undefined, other: RecordFault): RecordFault {
  if (one === undefined) return other;
  if ((one.rule === 'TWICE') !== (other.rule === 'TWICE')) return one.rule === 'TWICE' ? one : other;
  return (other.row ?? 0) < (one.row ?? 0) ? other : one;
}

/** A fault as a line for a person. */
export function recordFaultText({ table, id, row, field, rule, entry, message }: RecordFault): string {
  const place = [`${table} ${id}`, row === null ? '' : `row ${row}`, field ?? ''].filter(
    (part) => part !== '',
  );
  return `${place.join(', ')} (${rule}): ${message}${entry === null ? '' : `; entry ${entry} says otherwise`}`;
}
