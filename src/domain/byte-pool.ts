import { matches } from './feed-cell.ts';

interface Pooled<T> {
  readonly bytes: Uint8Array;
  readonly value: T;
}

/**
 * What was worked out once for each distinct run of bytes: a closed list or a segment has few, however many rows.
 * A column of many distinct ones costs the slots and nothing more.
 */
export class BytePool<T> {
  readonly #slots: (Pooled<T> | undefined)[] = new Array(4096);

  constructor(readonly judge: (bytes: Uint8Array, start: number, end: number) => T) {}

  of(bytes: Uint8Array, start: number, end: number): T {
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    const slot = (hash ^ (hash >>> 16)) & 4095;
    const pooled = this.#slots[slot];
    if (pooled !== undefined && matches(bytes, start, end, pooled.bytes)) return pooled.value;
    const value = this.judge(bytes, start, end);
    // A copy: the bytes may be written over, and a view would keep all of them.
    this.#slots[slot] = { bytes: Uint8Array.from(bytes.subarray(start, end)), value };
    return value;
  }
}
