import type { FeedMeasures } from './feed-check.ts';
import { type FeedContract, layoutOf } from './feed-contract.ts';
import type { RowBlock } from './feed-row.ts';

/** Counts, per column of accepted rows, what the feeds of different weeks are compared by. */
export class ColumnCounter {
  rows = 0;
  readonly #layout;
  readonly #missing = new Map<string, number>();
  readonly #true = new Map<string, number>();

  constructor(contract: FeedContract) {
    this.#layout = layoutOf(contract);
    for (const { name, type, category } of contract.columns) {
      if (category !== 'key') this.#missing.set(name, 0);
      if (category === 'eligibility' && type === 'boolean') this.#true.set(name, 0);
    }
  }

  add(block: RowBlock): void {
    this.rows += block.rows;
    this.#layout.numbers.forEach(({ name }, i) => {
      let missing = 0;
      let sum = 0;
      const values = block.numbers[i] ?? new Float64Array(0);
      for (let row = 0; row < values.length; row++) {
        const value = values[row] ?? Number.NaN;
        if (Number.isNaN(value)) missing++;
        else sum += value;
      }
      this.#missing.set(name, (this.#missing.get(name) ?? 0) + missing);
      const before = this.#true.get(name);
      if (before !== undefined) this.#true.set(name, before + sum);
    });
    this.#layout.texts.forEach(({ name }, i) => {
      const missing = (block.texts[i] ?? []).filter((text) => text === null).length;
      this.#missing.set(name, (this.#missing.get(name) ?? 0) + missing);
    });
  }

  /** Shares of the accepted rows, 0 when there are none. */
  measures(): Pick<FeedMeasures, 'rows' | 'nulls' | 'rates'> {
    const share = (count: number) => (this.rows === 0 ? 0 : count / this.rows);
    return {
      rows: this.rows,
      nulls: new Map(Array.from(this.#missing, ([name, count]) => [name, share(count)])),
      rates: new Map(Array.from(this.#true, ([name, count]) => [name, share(count)])),
    };
  }
}
