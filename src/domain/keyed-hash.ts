/**
 * SipHash-2-4 (Aumasson, Bernstein 2012), a keyed hash for short texts: whoever lacks the key cannot tell who is drawn.
 * In pairs of 32-bit halves in local variables, because JavaScript's 64-bit integers are too slow for a million customers.
 */
export class KeyedHash {
  readonly #key: Int32Array;
  #low = 0;
  #high = 0;

  /** @param key 16 bytes */
  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new RangeError('a SipHash key has 16 bytes');
    const view = new DataView(key.buffer, key.byteOffset, 16);
    this.#key = Int32Array.of(
      view.getInt32(0, true),
      view.getInt32(4, true),
      view.getInt32(8, true),
      view.getInt32(12, true),
    );
  }

  /** A number in [0, 1) with 53 bits that depends on the key and the text (ASCII) alone. */
  fraction(text: string): number {
    this.#hash(text);
    return ((this.#high >>> 0) * 2 ** 21 + (this.#low >>> 11)) / 2 ** 53;
  }

  /** The 64-bit hash as sixteen hex digits, most significant first. */
  hex(text: string): string {
    this.#hash(text);
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #hash(text: string): void {
    const [k0 = 0, k1 = 0, k2 = 0, k3 = 0] = this.#key;
    // v0 … v3, each as its low and its high half.
    let a = k0 ^ 0x70736575;
    let aHigh = k1 ^ 0x736f6d65;
    let b = k2 ^ 0x6e646f6d;
    let bHigh = k3 ^ 0x646f7261;
    let c = k0 ^ 0x6e657261;
    let cHigh = k1 ^ 0x6c796765;
    let d = k2 ^ 0x79746573;
    let dHigh = k3 ^ 0x74656462;
    // Whole words, the word of the rest with the length on top, and the finalisation as one more.
    const last = text.length >> 3;
    for (let i = 0; i <= last + 1; i++) {
      const final = i > last;
      const low = final ? 0 : halfWord(text, 8 * i);
      const high = final ? 0 : halfWord(text, 8 * i + 4) | (i === last ? text.length << 24 : 0);
      if (final) c ^= 0xff;
      d ^= low;
      dHigh ^= high;
      for (let round = final ? 4 : 2; round > 0; round--) {
        let sum = (a >>> 0) + (b >>> 0);
        aHigh = (aHigh + bHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
        a = sum | 0;
        let turned = (b << 13) | (bHigh >>> 19);
        bHigh = ((bHigh << 13) | (b >>> 19)) ^ aHigh;
        b = turned ^ a;
        turned = a;
        a = aHigh;
        aHigh = turned;
        sum = (c >>> 0) + (d >>> 0);
        cHigh = (cHigh + dHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
        c = sum | 0;
        turned = (d << 16) | (dHigh >>> 16);
        dHigh = ((dHigh << 16) | (d >>> 16)) ^ cHigh;
        d = turned ^ c;
        sum = (a >>> 0) + (d >>> 0);
        aHigh = (aHigh + dHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
        a = sum | 0;
        turned = (d << 21) | (dHigh >>> 11);
        dHigh = ((dHigh << 21) | (d >>> 11)) ^ aHigh;
        d = turned ^ a;
        sum = (c >>> 0) + (b >>> 0);
        cHigh = (cHigh + bHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
        c = sum | 0;
        turned = (b << 17) | (bHigh >>> 15);
        bHigh = ((bHigh << 17) | (b >>> 15)) ^ cHigh;
        b = turned ^ c;
        turned = c;
        c = cHigh;
        cHigh = turned;
      }
      a ^= low;
      aHigh ^= high;
    }
    this.#low = a ^ b ^ c ^ d;
    this.#high = aHigh ^ bHigh ^ cHigh ^ dHigh;
  }
}

/** Four characters from `at`, little-endian, zero where the text has ended. */
function halfWord(text: string, at: number): number {
  let bits = 0;
  for (let i = Math.min(text.length - at, 4) - 1; i >= 0; i--) bits = (bits << 8) | text.charCodeAt(at + i);
  return bits;
}
