import { digestOfJson } from '../../audit/digest.ts';
import type { StateRow } from '../../store/recorded-state.reads.ts';
import type { FoundRow } from './compare-rows.ts';
import type { ClaimValue } from './record-claims.ts';

/** A row in the form in which it is compared: instants in ISO 8601, content by the digest of its RFC 8785 form. */
export function foundRow({ id, ...columns }: StateRow): FoundRow {
  const fields = Object.entries(columns).map(([name, value]) => [name, comparable(value)] as const);
  return { id, fields: Object.fromEntries(fields) };
}

function comparable(value: unknown): ClaimValue {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
    return value;
  return digestOfJson(value);
}
