import { createHmac, hkdfSync } from 'node:crypto';
import type { NoteSigner } from './signed-note.ts';

/** What stays of an erased customer: 32 bytes that whoever has the id can ask for, and that lead nobody to the id. */
export type TombstoneOf = (customer: string) => Uint8Array;

/**
 * Tombstones under a key of the log's signer: HMAC-SHA-256 of the customer's id, the key by HKDF-SHA-256 from the signer's secret.
 * Without the key nobody can try ids; with another signing key the tombstones of before are not found any more.
 */
export function tombstonesOf({ text }: NoteSigner): TombstoneOf {
  const key = new Uint8Array(hkdfSync('sha256', text, '', 'customer tombstone', 32));
  return (customer) => createHmac('sha256', key).update(customer).digest();
}
