import type { SchemaElement } from 'hyparquet';
import { isoDate } from '../../domain/week.ts';

/** How a column's values become the cells that a CSV would hold. */
export interface CellKind {
  /** What the decoder is told of the column: it must not round decimals nor guess at dates. */
  readonly element: SchemaElement;
  /** A value that is present, as ASCII text or bytes of UTF-8. */
  readonly cell: (value: unknown) => string | Uint8Array;
}

const TEXT = new Set([undefined, 'UTF8', 'ENUM', 'STRING']);
const WHOLE = /^(U?INT_\d+|INTEGER)$/;
const TIMESTAMP = /^TIMESTAMP(_MILLIS|_MICROS)?$/;
const LAST_DAY = 2_932_896; // 9999-12-31
const MOST_REMEMBERED = 65_536;

/** What the values of a column become, null for a type that no column of a feed has. */
export function cellKind(element: SchemaElement): CellKind | null {
  const { logical_type: logical, converted_type: converted, ...plain } = element;
  const { type } = plain;
  const meaning: string | undefined = converted ?? logical?.type;
  if (element.repetition_type === 'REPEATED' || type === undefined) return null;
  if (meaning === 'DECIMAL') {
    const scale = element.scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0);
    return { element: plain, cell: (value) => decimalText(wholeOf(value), scale) };
  }
  if (meaning === 'DATE') return { element: plain, cell: remembering(dayText) };
  if (type === 'INT96' || (meaning !== undefined && TIMESTAMP.test(meaning)))
    return { element, cell: instantText };
  if (type === 'BYTE_ARRAY' && TEXT.has(meaning)) return { element, cell: bytesOf };
  if (type === 'FIXED_LEN_BYTE_ARRAY') return meaning === 'UUID' ? { element, cell: String } : null;
  if (type === 'INT32' || type === 'INT64')
    return meaning === undefined || WHOLE.test(meaning) ? { element, cell: String } : null;
  if (meaning !== undefined || type === 'BYTE_ARRAY') return null;
  return { element, cell: type === 'BOOLEAN' ? String : (value) => numberText(Number(value)) };
}

/** The shortest decimal text that reads back as the number, without an exponent; nothing for NaN. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return '';
  const text = String(value);
  if (!text.includes('e')) return text;
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? [];
  const digits = whole + fraction;
  const point = 1 + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}

/** An unscaled decimal with its point, exactly. */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Bytes are big-endian two's complement. */
function wholeOf(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  const unsigned = value.reduce((whole, byte) => (whole << 8n) | BigInt(byte), 0n);
  return BigInt.asIntN(8 * value.length, unsigned);
}

function dayText(day: unknown): string {
  return Math.abs(Number(day)) <= LAST_DAY ? isoDate(Number(day)) : String(day);
}

/** Days repeat, and writing them takes longer than finding them. */
function remembering(text: (value: unknown) => string): (value: unknown) => string {
  const known = new Map<unknown, string>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const now = text(value);
    known.set(value, now);
    return now;
  };
}

/** A timestamp is a date where it says midnight; any other is none, and is judged as such. */
function instantText(value: unknown): string {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return 'no date';
  const text = value.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, -'T00:00:00.000Z'.length) : text;
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError('a text column holds something else');
}
