const FIRST_KEYS = 1 << 12;

/**
 * On which line each key of a file stands: a hash table over the keys' bytes. A Map of as many strings takes four times the memory and
 * most of the garbage collector's time.
 */
export class KeyLines {
  #count = 0;
  /** The bytes of all keys, one after the other; where each ends, its hash and its line. */
  #bytes = new Uint8Array(16 * FIRST_KEYS);
  #ends = new Int32Array(FIRST_KEYS);
  #hashes = new Int32Array(FIRST_KEYS);
  #lines = new Int32Array(FIRST_KEYS);
  /** Place of a key, counted from 1, by the last bits of its hash or the next free slot; at most half of them are taken. */
  #slots = new Int32Array(2 * FIRST_KEYS);

  /** The line on which the same key stood before; undefined when this is its first, which is kept. */
  add(bytes: Uint8Array, start: number, end: number, line: number): number | undefined {
    const hash = hashOf(bytes, start, end);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let place = this.#slots[slot] ?? 0; place !== 0; place = this.#slots[slot] ?? 0) {
      if (this.#hashes[place - 1] === hash && this.#isAt(place - 1, bytes, start, end))
        return this.#lines[place - 1];
      slot = (slot + 1) & mask;
    }
    if (this.#count === this.#lines.length) this.#grow();
    this.#keep(bytes, start, end);
    this.#hashes[this.#count] = hash;
    this.#lines[this.#count++] = line;
    this.#take(hash, this.#count);
    return undefined;
  }

  #isAt(place: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = place === 0 ? 0 : (this.#ends[place - 1] ?? 0);
    if ((this.#ends[place] ?? 0) - from !== end - start) return false;
    const kept = this.#bytes;
    for (let i = 0; i < end - start; i++) if (kept[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const from = this.#count === 0 ? 0 : (this.#ends[this.#count - 1] ?? 0);
    const to = from + end - start;
    if (to > this.#bytes.length) this.#bytes = grown(this.#bytes, new Uint8Array(2 * to));
    const kept = this.#bytes;
    for (let i = 0; i < end - start; i++) kept[from + i] = bytes[start + i] ?? 0;
    this.#ends[this.#count] = to;
  }

  #take(hash: number, place: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = place;
  }

  #grow(): void {
    const room = 2 * this.#lines.length;
    this.#ends = grown(this.#ends, new Int32Array(room));
    this.#hashes = grown(this.#hashes, new Int32Array(room));
    this.#lines = grown(this.#lines, new Int32Array(room));
    this.#slots = new Int32Array(2 * room);
    for (let i = 0; i < this.#count; i++) this.#take(this.#hashes[i] ?? 0, i + 1);
  }
}

function grown<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** FNV-1a, its bits mixed once more, because the last ones choose the slot. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
