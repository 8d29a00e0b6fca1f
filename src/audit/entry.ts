import { canonicalBytes, parseCanonical } from './canonical-json.ts';

/** Bytes of the longest entry: the length that tlog-tiles can write before one. */
export const MAX_ENTRY_SIZE = 65_535;

/** Characters of the longest id: what PostgreSQL can index, with room to spare. */
export const MAX_ID_LENGTH = 256;

export type EntryDetail = string | number | boolean | null | readonly string[];
export type EntryDetails = Readonly<Record<string, EntryDetail>>;

/** Who did or read what, when, under which role: one line of the log. Holds no personal data, only pseudonyms. */
export interface AuditEntry {
  /** RFC 3339 in UTC with milliseconds, as Date.toISOString writes it. */
  readonly at: string;
  readonly actor: string;
  readonly role: string | null;
  /** `batch.approve`: the thing and what was done to it. */
  readonly action: string;
  readonly campaign: string | null;
  /** The id of what the action was about. */
  readonly subject: string | null;
  /** The digest of what it was about, `sha256:…`. */
  readonly digest: string | null;
  readonly requestId: string | null;
  /** Present when the rules refused the act. */
  readonly refusal: { readonly code: string; readonly rule: string } | null;
  readonly details: EntryDetails;
}

// PostgreSQL has no year 0.
const INSTANT = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const FIELDS = [
  'action',
  'actor',
  'at',
  'campaign',
  'details',
  'digest',
  'refusal',
  'requestId',
  'role',
  'subject',
] as const satisfies readonly (keyof AuditEntry)[];

/** The bytes of an entry that the log hashes and keeps. Throws TypeError, naming the field, on what is not an entry. */
export function entryBytes(entry: AuditEntry): Uint8Array {
  const fault = faultOf(entry);
  if (fault !== undefined) throw new TypeError(`audit entry: ${fault}`);
  const bytes = canonicalBytes(entry);
  if (bytes.length > MAX_ENTRY_SIZE) throw new TypeError(`audit entry: longer than ${MAX_ENTRY_SIZE} bytes`);
  return bytes;
}

/** Reads an entry's bytes; undefined unless they are exactly what entryBytes writes. */
export function parseEntry(bytes: Uint8Array): AuditEntry | undefined {
  if (bytes.length > MAX_ENTRY_SIZE) return undefined;
  const value = parseCanonical(bytes);
  return isEntry(value) ? value : undefined;
}

/** What an entry can say of an id that came from outside, whatever it holds: cut to length, without what is no character. */
export function idFromOutside(text: string): string {
  return text.slice(0, MAX_ID_LENGTH).toWellFormed().replaceAll('\0', '\ufffd');
}

function isEntry(value: unknown): value is AuditEntry {
  return faultOf(value) === undefined;
}

function faultOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'not an object';
  if (!hasExactly(value, FIELDS)) return `the fields are not ${FIELDS.join(', ')}`;
  if (!isInstant(value.at)) return 'at is not an instant in UTC with milliseconds';
  if (!isId(value.actor) || value.actor === '') return 'actor is not an id';
  if (!isId(value.action) || value.action === '') return 'action is not an id';
  for (const field of ['role', 'campaign', 'subject', 'digest', 'requestId'] as const) {
    if (value[field] !== null && !isId(value[field])) return `${field} is neither an id nor null`;
  }
  if (value.refusal !== null && !isRefusal(value.refusal))
    return 'refusal is neither a code and a rule nor null';
  if (!isObject(value.details)) return 'details are not a record';
  const wrong = Object.entries(value.details).find(([name, detail]) => !isText(name) || !isDetail(detail));
  return wrong && `detail ${JSON.stringify(wrong[0])} is not a text, number, boolean, null or list of texts`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasExactly(value: object, fields: readonly string[]): boolean {
  return Object.keys(value).length === fields.length && fields.every((field) => Object.hasOwn(value, field));
}

function isRefusal(value: unknown): boolean {
  return isObject(value) && hasExactly(value, ['code', 'rule']) && isText(value.code) && isText(value.rule);
}

function isDetail(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isText);
  return value === null || typeof value === 'boolean' || Number.isFinite(value) || isText(value);
}

function isId(value: unknown): value is string {
  return isText(value) && value.length <= MAX_ID_LENGTH;
}

/** PostgreSQL, by which the log is searched, has no U+0000. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}

function isInstant(value: unknown): boolean {
  if (typeof value !== 'string' || !INSTANT.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
}
