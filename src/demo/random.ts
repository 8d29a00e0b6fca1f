/**
 * Numbers that look random and come again for the same seed and stream: sfc32 of Chris Doty-Humphrey's
 * PractRand. For made-up data only, never for keys or draws that somebody has to trust.
 */
export class Random {
  #a: number;
  #b: number;
  #c = 0x9e3779b9;
  #counter = 1;

  constructor(seed: number, stream = 0) {
    this.#a = seed | 0;
    this.#b = stream | 0;
    for (let round = 0; round < 15; round++) this.fraction();
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** A whole number from `from` up to but not including `to`. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from));
  }

  pick<T>(from: readonly T[]): T {
    const item = from[this.integer(0, from.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.fraction())) * Math.cos(2 * Math.PI * this.fraction());
  }

  /** Positive, with this median; `spread` is the standard deviation of its logarithm. */
  lognormal(median: number, spread: number): number {
    return median * Math.exp(spread * this.normal());
  }

  /** A count with this mean (Knuth); meant for means up to some hundreds. */
  poisson(mean: number): number {
    const bound = Math.exp(-mean);
    let count = 0;
    for (let product = this.fraction(); product > bound; product *= this.fraction()) count++;
    return count;
  }
}
