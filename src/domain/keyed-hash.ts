/**
 * SipHash-2-4 (Aumasson, Bernstein 2012), a keyed hash for short texts: whoever lacks the key cannot tell who is drawn.
 * In pairs of 32-bit halves because JavaScript's 64-bit integers are too slow for a million customers.
 */
export class KeyedHash {
  readonly #key: readonly [number, number, number, number];
  readonly #v = new Int32Array(8);

  /** @param key 16 bytes */
  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new RangeError('a SipHash key has 16 bytes');
    const view = new DataView(key.buffer, key.byteOffset, 16);
    this.#key = [
      view.getInt32(0, true),
      view.getInt32(4, true),
      view.getInt32(8, true),
      view.getInt32(12, true),
    ];
  }

  /** A number in [0, 1) with 53 bits that depends on the key and the text (ASCII) alone. */
  fraction(text: string): number {
    const [low, high] = this.#hash(text);
    return ((high >>> 0) * 2 ** 21 + (low >>> 11)) / 2 ** 53;
  }

  /** The 64-bit hash as sixteen hex digits, most significant first. */
  hex(text: string): string {
    const [low, high] = this.#hash(text);
    return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #hash(text: string): readonly [low: number, high: number] {
    const v = this.#v;
    const [k0, k1, k2, k3] = this.#key;
    v[0] = k0 ^ 0x70736575;
    v[1] = k1 ^ 0x736f6d65;
    v[2] = k2 ^ 0x6e646f6d;
    v[3] = k3 ^ 0x646f7261;
    v[4] = k0 ^ 0x6e657261;
    v[5] = k1 ^ 0x6c796765;
    v[6] = k2 ^ 0x79746573;
    v[7] = k3 ^ 0x74656462;
    const length = text.length;
    const whole = length - (length % 8);
    for (let at = 0; at < whole; at += 8) this.#absorb(word(text, at, 4), word(text, at + 4, 4));
    const rest = length - whole;
    this.#absorb(word(text, whole, Math.min(rest, 4)), word(text, whole + 4, rest - 4) | (length << 24));
    v[4] = (v[4] ?? 0) ^ 0xff;
    for (let i = 0; i < 4; i++) round(v);
    return [
      (v[0] ?? 0) ^ (v[2] ?? 0) ^ (v[4] ?? 0) ^ (v[6] ?? 0),
      (v[1] ?? 0) ^ (v[3] ?? 0) ^ (v[5] ?? 0) ^ (v[7] ?? 0),
    ];
  }

  #absorb(low: number, high: number): void {
    const v = this.#v;
    v[6] = (v[6] ?? 0) ^ low;
    v[7] = (v[7] ?? 0) ^ high;
    round(v);
    round(v);
    v[0] = (v[0] ?? 0) ^ low;
    v[1] = (v[1] ?? 0) ^ high;
  }
}

/** Up to four characters from `at`, little-endian. */
function word(text: string, at: number, count: number): number {
  let bits = 0;
  for (let i = 0; i < count; i++) bits |= text.charCodeAt(at + i) << (8 * i);
  return bits;
}

/** One SipRound on v0 … v3, each as a low and a high half. */
function round(v: Int32Array): void {
  add(v, 0, 2);
  rotate(v, 2, 13);
  xor(v, 2, 0);
  swap(v, 0);
  add(v, 4, 6);
  rotate(v, 6, 16);
  xor(v, 6, 4);
  add(v, 0, 6);
  rotate(v, 6, 21);
  xor(v, 6, 0);
  add(v, 4, 2);
  rotate(v, 2, 17);
  xor(v, 2, 4);
  swap(v, 4);
}

function add(v: Int32Array, a: number, b: number): void {
  const low = ((v[a] ?? 0) >>> 0) + ((v[b] ?? 0) >>> 0);
  v[a + 1] = (v[a + 1] ?? 0) + (v[b + 1] ?? 0) + (low > 0xffffffff ? 1 : 0);
  v[a] = low;
}

function xor(v: Int32Array, a: number, b: number): void {
  v[a] = (v[a] ?? 0) ^ (v[b] ?? 0);
  v[a + 1] = (v[a + 1] ?? 0) ^ (v[b + 1] ?? 0);
}

/** Rotates left by fewer than 32 bits. */
function rotate(v: Int32Array, a: number, bits: number): void {
  const low = v[a] ?? 0;
  const high = v[a + 1] ?? 0;
  v[a] = (low << bits) | (high >>> (32 - bits));
  v[a + 1] = (high << bits) | (low >>> (32 - bits));
}

/** Rotates by 32 bits. */
function swap(v: Int32Array, a: number): void {
  const low = v[a] ?? 0;
  v[a] = v[a + 1] ?? 0;
  v[a + 1] = low;
}
