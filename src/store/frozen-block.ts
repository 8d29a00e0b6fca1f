import type { SnapshotBlock } from '../domain/eligibility.ts';

/** Frozen rows are read so many at a time, wherever they come from. */
export const BLOCK_ROWS = 10_000;

/** Frozen rows with their numbers. */
export type FrozenBlock = SnapshotBlock & { readonly numbersOfRows: Int32Array };

/** A block into which rows are written one after the other. */
export interface FillingBlock extends SnapshotBlock {
  rows: number;
  readonly numbersOfRows: Int32Array;
  readonly customers: string[];
  readonly numbers: readonly Float64Array[];
  readonly texts: readonly (string | null)[][];
  readonly flowStarts: (readonly number[] | null)[];
  readonly mails: (readonly number[] | null)[];
}

/** Room for rows with as many columns of each kind. */
export function emptyBlock(
  columns: Readonly<Record<'numbers' | 'texts', readonly unknown[]>>,
  rows = BLOCK_ROWS,
): FillingBlock {
  return {
    rows: 0,
    numbersOfRows: new Int32Array(rows),
    customers: [],
    numbers: columns.numbers.map(() => new Float64Array(rows)),
    texts: columns.texts.map(() => []),
    quiet: new Uint8Array(rows),
    optedOut: new Uint8Array(rows),
    flowStarts: [],
    mails: [],
  };
}

/** The same rows without the room. */
export function trimmed(block: FillingBlock): FillingBlock {
  return {
    ...block,
    numbersOfRows: block.numbersOfRows.subarray(0, block.rows),
    numbers: block.numbers.map((values) => values.subarray(0, block.rows)),
    quiet: block.quiet.subarray(0, block.rows),
    optedOut: block.optedOut.subarray(0, block.rows),
  };
}
