/** Reading single cells (feed.md §1) from their bytes; a cell that is not what it should be is NaN or undefined. */

const DOT = 46;
const MINUS = 45;
const ZERO = 48;
/** As far as they are exact doubles. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, i) => 10 ** i);
const TRUE = Uint8Array.from('true', (c) => c.charCodeAt(0));
const FALSE = Uint8Array.from('false', (c) => c.charCodeAt(0));
const DAY = 86_400_000;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The number that `-?digits[.digits]` says, NaN where the bytes say something else or more than a double can hold.
 * It is the nearest double: of up to fifteen digits both they and the power of ten are exact, so that their quotient is.
 */
export function numberCell(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === MINUS;
  if (negative) at++;
  const first = at;
  let digits = 0;
  let decimals = -1;
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit >= 0 && digit <= 9) {
      digits = digits * 10 + digit;
      if (decimals >= 0) decimals++;
    } else if (bytes[at] === DOT && decimals < 0 && at > first) {
      decimals = 0;
    } else return Number.NaN;
  }
  if (at === first || decimals === 0) return Number.NaN;
  if (digits > 999_999_999_999_999 || decimals >= POWERS_OF_TEN.length) {
    const value = Number(textCell(bytes, start, end));
    return Number.isFinite(value) ? value : Number.NaN;
  }
  const value = decimals > 0 ? digits / (POWERS_OF_TEN[decimals] ?? Number.NaN) : digits;
  return negative ? -value : value;
}

/** 1 for `true`, 0 for `false`, NaN for anything else. */
export function booleanCell(bytes: Uint8Array, start: number, end: number): number {
  if (matches(bytes, start, end, TRUE)) return 1;
  return matches(bytes, start, end, FALSE) ? 0 : Number.NaN;
}

/** Days since 1970-01-01 of an ISO date, NaN where there is no such day. */
export function dateCell(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 10 || bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return Number.NaN;
  const year = numberCell(bytes, start, start + 4);
  const month = numberCell(bytes, start + 5, start + 7);
  const day = numberCell(bytes, start + 8, end);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const longest = month === 2 && leap ? 29 : (MONTH_DAYS[month - 1] ?? 0);
  return year >= 1000 && day >= 1 && day <= longest ? Date.UTC(year, month - 1, day) / DAY : Number.NaN;
}

/** Whether the bytes are 1 to 64 of A-Z a-z 0-9 _ - (the pseudonymous id of a customer). */
export function isId(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 1 || end - start > 64) return false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    const letter = (byte | 32) >= 97 && (byte | 32) <= 122;
    const digit = byte >= 48 && byte <= 57;
    if (!letter && !digit && byte !== 95 && byte !== MINUS) return false;
  }
  return true;
}

export function matches(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  if (end - start !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) if (bytes[start + i] !== expected[i]) return false;
  return true;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of a cell. The block's bytes were found to be valid UTF-8. */
export function textCell(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}

/** The texts of cells that hold ASCII, all decoded at once: a call for each costs more than the text. */
export function asciiCells(bytes: Uint8Array, starts: Int32Array, ends: Int32Array): readonly string[] {
  let length = 0;
  for (let i = 0; i < starts.length; i++) length += (ends[i] ?? 0) - (starts[i] ?? 0);
  const together = new Uint8Array(length);
  let to = 0;
  for (let i = 0; i < starts.length; i++) {
    for (let at = starts[i] ?? 0; at < (ends[i] ?? 0); at++) together[to++] = bytes[at] ?? 0;
  }
  const text = decoder.decode(together);
  const texts: string[] = [];
  for (let i = 0, from = 0; i < starts.length; i++) {
    const end = from + (ends[i] ?? 0) - (starts[i] ?? 0);
    texts.push(text.slice(from, end));
    from = end;
  }
  return texts;
}
