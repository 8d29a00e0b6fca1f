import canonicalize from 'canonicalize';

/** A JSON value that was parsed. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The one spelling of a value: RFC 8785, as UTF-8. Throws on what JSON cannot say: NaN, lone surrogates, undefined. */
export function canonicalBytes(value: unknown): Uint8Array {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('only JSON values have canonical bytes');
  return Buffer.from(text);
}

/**
 * Reads canonical bytes; undefined when they are not the one spelling of a value. That also refuses what JSON.parse
 * lets pass: repeated names, numbers that lose digits, a byte order mark, bytes that are not UTF-8.
 */
export function parseCanonical(bytes: Uint8Array): Json | undefined {
  try {
    const value: Json = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return Buffer.compare(canonicalBytes(value), bytes) === 0 ? value : undefined;
  } catch {
    return undefined;
  }
}
