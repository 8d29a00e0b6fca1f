import { setImmediate } from 'node:timers/promises';
import type { CustomerState, SnapshotBlock } from '../domain/eligibility.ts';
import type { RowBlock } from '../domain/feed-row.ts';
import { BLOCK_ROWS, emptyBlock, type FillingBlock, type FrozenBlock, trimmed } from './frozen-block.ts';

/** So many cells stay at hand, some 300 MB; of more customers the rows are read again. */
const MOST_CELLS = 40_000_000;

/**
 * The rows that a run froze just now, for its next step in the same process, which need not read from the database what went there a
 * moment ago. They are the same, number by number: nothing changes a frozen row, and nobody is erased while a run is under way.
 */
export class RowsAtHand {
  #blocks: FillingBlock[] = [];
  #rows = 0;
  #tooMany = false;

  constructor(private readonly mostCells = MOST_CELLS) {}

  /** Takes rows as they are frozen, after those before; keeps nothing of the block itself. */
  add(block: RowBlock, state: CustomerState): void {
    const cells = (this.#rows + block.rows) * (block.numbers.length + block.texts.length);
    if (this.#tooMany || cells > this.mostCells) {
      this.#tooMany = true;
      this.#blocks = [];
      return;
    }
    for (let row = 0; row < block.rows; ) {
      const filling = this.#withRoom(block);
      const some = Math.min(block.rows - row, BLOCK_ROWS - filling.rows);
      fill(filling, this.#rows, { ...block, ...state }, row, row + some);
      this.#rows += some;
      row += some;
    }
  }

  /** Gives them away in order, in blocks as they would be read; undefined where they are not at hand, or not all of so many. */
  take(rows: number): AsyncIterable<FrozenBlock> | undefined {
    if (this.#tooMany || this.#rows !== rows) return undefined;
    const blocks = this.#blocks;
    this.#blocks = [];
    this.#rows = 0;
    return oneByOne(blocks);
  }

  #withRoom(like: RowBlock): FillingBlock {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.rows < BLOCK_ROWS) return last;
    const empty = emptyBlock(like);
    this.#blocks.push(empty);
    return empty;
  }
}

/** Lets each go when the next is asked for; between them it is others' turn. */
async function* oneByOne(blocks: FillingBlock[]): AsyncGenerator<FrozenBlock> {
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    yield block.rows < BLOCK_ROWS ? trimmed(block) : block;
    await setImmediate();
  }
}

/** Copies rows of a block, whose numbers from `number` on they have, behind those of another. */
function fill(target: FillingBlock, number: number, from: SnapshotBlock, start: number, end: number): void {
  const at = target.rows;
  target.numbers.forEach((column, i) => {
    column.set(from.numbers[i]?.subarray(start, end) ?? [], at);
  });
  target.quiet.set(from.quiet.subarray(start, end), at);
  target.optedOut.set(from.optedOut.subarray(start, end), at);
  for (let row = start; row < end; row++) {
    target.numbersOfRows[at + row - start] = number + row - start;
    target.customers.push(from.customers[row] ?? '');
    target.flowStarts.push(from.flowStarts[row] ?? null);
    target.mails.push(from.mails[row] ?? null);
    target.texts.forEach((column, i) => {
      column.push(from.texts[i]?.[row] ?? null);
    });
  }
  target.rows += end - start;
}
