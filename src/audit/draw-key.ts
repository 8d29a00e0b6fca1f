import { createHash } from 'node:crypto';

/** The key of a draw (domain/draw-keys.ts): the first 16 bytes of SHA-256 of the seed (hex), a line feed and its name. */
export function drawKey(seed: string, name: string): Uint8Array {
  return createHash('sha256').update(`${seed}\n${name}`).digest().subarray(0, 16);
}
