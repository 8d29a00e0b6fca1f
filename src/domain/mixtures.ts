/** The model: the scores of `count` rows, row-major. */
export type AskModel = (rows: Float32Array<ArrayBuffer>, count: number) => Promise<Float64Array>;

/** Rows that the model gets at once. */
const BATCH_ROWS = 10_000;

/** So many cells are kept (64 MiB) before the model is asked; what is asked twice is known within as many. */
const MOST_CELLS = 2 ** 24;

/**
 * Rows that hold some features of an explained row and the others of references. Each is kept once, under a number; 0 is the
 * explained row. Features are compared by their float32 bits: what the model cannot tell apart is not told apart.
 */
export class Mixtures {
  #cells: Uint32Array<ArrayBuffer>;
  #count = 1;
  readonly #width: number;
  /** By feature, by bits: which mixture becomes which when that feature takes these bits. */
  readonly #turned: readonly Map<number, Map<number, number>>[];

  constructor(row: Float32Array) {
    this.#width = row.length;
    this.#cells = bitsOf(row).slice();
    this.#turned = Array.from(row, () => new Map());
  }

  get full(): boolean {
    return this.#count * this.#width > MOST_CELLS;
  }

  /** Turns the number of a mixture into that of the same with this feature from the reference. */
  taking(feature: number, reference: Float32Array): (mixture: number) => number {
    const bits = bitsOf(reference)[feature] ?? 0;
    const known = this.#turned[feature]?.get(bits) ?? new Map<number, number>();
    this.#turned[feature]?.set(bits, known);
    return (mixture) => {
      const there = known.get(mixture);
      if (there !== undefined) return there;
      const added = this.#add(mixture, feature, bits);
      known.set(mixture, added);
      return added;
    };
  }

  /** The scores of all mixtures, by number. */
  async scores(ask: AskModel): Promise<Float64Array> {
    const width = this.#width;
    const scores = new Float64Array(this.#count);
    for (let from = 0; from < this.#count; from += BATCH_ROWS) {
      const to = Math.min(from + BATCH_ROWS, this.#count);
      const batch = this.#cells.slice(from * width, to * width);
      scores.set(await ask(new Float32Array(batch.buffer), to - from), from);
    }
    return scores;
  }

  #add(mixture: number, feature: number, bits: number): number {
    const width = this.#width;
    const at = this.#count * width;
    if (at + width > this.#cells.length) {
      const longer = new Uint32Array(2 * this.#cells.length);
      longer.set(this.#cells);
      this.#cells = longer;
    }
    this.#cells.copyWithin(at, mixture * width, (mixture + 1) * width);
    this.#cells[at + feature] = bits;
    return this.#count++;
  }
}

/**
 * Plans for each reference what to ask, asks for many references together, and settles each reference with the scores of the
 * mixtures by their numbers.
 */
export async function askOverReferences<Plan>(
  ask: AskModel,
  row: Float32Array,
  references: readonly Float32Array[],
  plan: (mixtures: Mixtures, reference: Float32Array) => Plan,
  settle: (plan: Plan, scores: Float64Array) => void,
): Promise<void> {
  let mixtures = new Mixtures(row);
  let plans: Plan[] = [];
  for (const [place, reference] of references.entries()) {
    plans.push(plan(mixtures, reference));
    if (!mixtures.full && place < references.length - 1) continue;
    const scores = await mixtures.scores(ask);
    for (const planned of plans) settle(planned, scores);
    mixtures = new Mixtures(row);
    plans = [];
  }
}

/** The features in which a reference is not as the row. */
export function differingFeatures(row: Float32Array, reference: Float32Array): readonly number[] {
  const [mine, theirs] = [bitsOf(row), bitsOf(reference)];
  return Array.from(mine.keys()).filter((feature) => mine[feature] !== theirs[feature]);
}

function bitsOf(row: Float32Array): Uint32Array<ArrayBuffer> {
  return new Uint32Array(Float32Array.from(row).buffer);
}
