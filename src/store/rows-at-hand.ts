import type { CustomerState, SnapshotBlock } from '../domain/eligibility.ts';
import type { RowBlock } from '../domain/feed-row.ts';
import { BLOCK_ROWS, emptyBlock, type FillingBlock, type FrozenBlock, trimmed } from './frozen-block.ts';

/** So much stays at hand, as far as it can be told; of more customers the rows are read again. */
const MOST_BYTES = 2 ** 28;
/** What a row takes beside its cells: its number, its marks and lists, and a string. */
const ROW_BYTES = 60;
const NUMBER_BYTES = 8;

/**
 * The rows that a run froze just now, for its next step in the same process, which need not read from the database what went there a
 * moment ago. They are the same, number by number: nothing changes a frozen row, and nobody is erased while a run is under way. What
 * was read and not frozen, because the feed was halted, is nobody's.
 */
export class RowsAtHand {
  #blocks: FillingBlock[] = [];
  #rows = 0;
  #bytes = 0;
  #digest: string | null = null;

  constructor(private readonly mostBytes = MOST_BYTES) {}

  /** Takes rows as they are frozen, after those before; keeps nothing of the block itself. */
  add(block: RowBlock, state: CustomerState): void {
    this.#bytes += bytesOf(block);
    if (this.#bytes > this.mostBytes) {
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

  /** Says what was frozen: the digest of the snapshot of all that was taken. */
  sealed(digest: string): void {
    this.#digest = digest;
  }

  /** Gives them away in order, in blocks as they would be read; undefined where those of this snapshot are not at hand. Keeps nothing. */
  take(digest: string | null): Iterable<FrozenBlock> | undefined {
    const blocks = this.#blocks;
    const isWhole = this.#digest !== null && this.#digest === digest && this.#bytes <= this.mostBytes;
    this.#blocks = [];
    this.#digest = null;
    return isWhole ? oneByOne(blocks) : undefined;
  }

  #withRoom(like: RowBlock): FillingBlock {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.rows < BLOCK_ROWS) return last;
    const empty = emptyBlock(like);
    this.#blocks.push(empty);
    return empty;
  }
}

/** Lets each go when the next is asked for. */
function* oneByOne(blocks: FillingBlock[]): Generator<FrozenBlock> {
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift())
    yield block.rows < BLOCK_ROWS ? trimmed(block) : block;
}

/** As if no text stood twice. */
function bytesOf({ rows, customers, numbers, texts }: RowBlock): number {
  const cells = NUMBER_BYTES * (numbers.length + texts.length);
  const characters = (column: readonly (string | null)[]) =>
    column.reduce((sum, text) => sum + (text?.length ?? 0), 0);
  return [customers, ...texts].reduce(
    (sum, column) => sum + 2 * characters(column),
    rows * (ROW_BYTES + cells),
  );
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
