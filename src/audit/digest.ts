import { hash } from 'node:crypto';
import { canonicalBytes } from './canonical-json.ts';

/** `sha256:` and the SHA-256 of bytes or of a text's UTF-8, in lower-case hex. */
export function digestOf(data: Uint8Array | string): string {
  return `sha256:${hash('sha256', data, 'hex')}`;
}

/** The digest of a value's RFC 8785 form: the same for the same content, however it was written down. */
export function digestOfJson(value: unknown): string {
  return digestOf(canonicalBytes(value));
}
