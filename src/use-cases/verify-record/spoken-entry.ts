import type { AuditEntry, EntryDetail } from '../../audit/entry.ts';
import type { RecordClaims } from './record-claims.ts';

/** An entry that changed something, at its place in the log. */
export interface SpokenEntry {
  readonly index: number;
  readonly entry: AuditEntry;
  /** What it was about; '' where it says nothing. */
  readonly subject: string;
  readonly campaign: string;
}

/** Takes what an entry of one kind says of rows. */
export type Says = (claims: RecordClaims, spoken: SpokenEntry) => void;

export function textDetail({ entry }: SpokenEntry, name: string): string | null {
  const value = detail(entry, name);
  return typeof value === 'string' ? value : null;
}

export function numberDetail({ entry }: SpokenEntry, name: string): number | null {
  const value = detail(entry, name);
  return typeof value === 'number' ? value : null;
}

export function isDetail({ entry }: SpokenEntry, name: string): boolean {
  return detail(entry, name) === true;
}

/** Whether an entry says anything of it, be it null. */
export function hasDetail({ entry }: SpokenEntry, name: string): boolean {
  return detail(entry, name) !== undefined;
}

export function listDetail({ entry }: SpokenEntry, name: string): readonly string[] {
  const value = detail(entry, name);
  return typeof value === 'object' && value !== null ? value : [];
}

/** `name digest`, as entries list files. */
export function namedDigest(text: string): readonly [name: string, digest: string] {
  const at = text.lastIndexOf(' ');
  return [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
}

function detail({ details }: AuditEntry, name: string): EntryDetail | undefined {
  return Object.hasOwn(details, name) ? details[name] : undefined;
}
