import type { ClaimFields, RecordClaims } from './record-claims.ts';
import { type RecordFault, recordFault } from './record-fault.ts';

/** A row as it stands, in the fields in which the log may speak of it. */
export interface FoundRow {
  readonly id: string;
  readonly fields: ClaimFields;
}

/**
 * The first row of a table that is not as the log last said: in the order of the rows, then what is missing. A row of which no
 * entry speaks is a fault, and so is an entry without its row unless `excused`.
 */
export function compareRows(
  table: string,
  rows: readonly FoundRow[],
  claims: RecordClaims,
  excused: (id: string) => boolean = () => false,
): RecordFault | undefined {
  const seen = new Set<string>();
  for (const row of rows) {
    seen.add(row.id);
    const found = compareRow(table, row, claims);
    if (found !== undefined) return found;
  }
  for (const [id, { entry }] of claims.all(table)) {
    if (!seen.has(id) && !excused(id))
      return recordFault(table, id, 'MISSING', 'the row is missing and no erasure says why', { entry });
  }
  return undefined;
}

function compareRow(table: string, { id, fields }: FoundRow, claims: RecordClaims): RecordFault | undefined {
  const claim = claims.of(table, id);
  if (claim === undefined) return recordFault(table, id, 'UNSPOKEN', 'no entry speaks of the row');
  for (const [field, { value, entry }] of claim.fields) {
    if (field in fields && fields[field] !== value)
      return recordFault(table, id, 'DIFFERS', `the row has another ${field} than the log`, { field, entry });
  }
  return undefined;
}
