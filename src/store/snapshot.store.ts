import type { EntityManager } from 'typeorm';
import type { CustomerState } from '../domain/eligibility.ts';
import type { ColumnLayout } from '../domain/feed-contract.ts';
import type { RowBlock } from '../domain/feed-row.ts';
import type { Randomness } from '../domain/ports.ts';
import type { CopyDecoder } from './copy-decoder.ts';
import { CopyIn, copyOut } from './copy-stream.ts';
import { BLOCK_ROWS, emptyBlock, type FillingBlock, type FrozenBlock, trimmed } from './frozen-block.ts';
import { digestChunks } from './row-digest.ts';
import { SnapshotDigest } from './snapshot-digest.ts';

export const SALT_BYTES = 16;
const FIELDS = 10;

/** Tables of which each run has a part of its own. */
export type RunTable = 'snapshot_row' | 'decision' | 'challenger_decision';

/** The name of a run's own table, made by `open_partition` or `open_challenger`. */
export function partitionOf(parent: RunTable, runId: string): string {
  return `${parent}_${runId.replaceAll('-', '')}`;
}

export const uuidBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

/** Freezes the accepted rows of a run. Whoever opens one disposes of it. */
export class SnapshotWriter {
  readonly #run: Buffer;
  #rows = 0;

  private constructor(
    readonly copy: CopyIn,
    readonly digest: SnapshotDigest,
    runId: string,
    readonly randomness: Randomness,
  ) {
    this.#run = uuidBytes(runId);
  }

  static async open(tx: EntityManager, runId: string, randomness: Randomness): Promise<SnapshotWriter> {
    await tx.query('select open_partition($1, $2)', ['snapshot_row', runId]);
    const digest = new SnapshotDigest();
    const table = partitionOf('snapshot_row', runId);
    const copy = await CopyIn.openNew(tx, table, digestChunks(digest));
    return new SnapshotWriter(copy, digest, runId, randomness);
  }

  async append(block: RowBlock, state: CustomerState): Promise<void> {
    const { encoder } = this.copy;
    const salts = this.randomness.bytes(block.rows * SALT_BYTES);
    for (let row = 0; row < block.rows; row++) {
      encoder.row(FIELDS);
      encoder.bytes(this.#run);
      encoder.int4(this.#rows++);
      encoder.ascii(block.customers[row] ?? '');
      encoder.bytes(salts, row * SALT_BYTES, (row + 1) * SALT_BYTES);
      encoder.float8Array(block.numbers, row);
      encoder.textArray(block.texts, row);
      encoder.boolean(state.quiet[row] === 1);
      encoder.boolean(state.optedOut[row] === 1);
      const starts = state.flowStarts[row] ?? null;
      if (starts === null) encoder.null();
      else encoder.int4Array(starts);
      const mails = state.mails[row] ?? null;
      if (mails === null) encoder.null();
      else encoder.int4Array(mails);
      if (this.copy.full) await this.copy.flush();
    }
  }

  /** Ends the load and seals the rows. */
  async seal(tx: EntityManager, runId: string): Promise<{ rows: number; digest: string }> {
    await this.copy.end();
    const sealed = tx.query('select seal_partition($1, $2)', ['snapshot_row', runId]);
    await Promise.all([this.copy.seen(), sealed]);
    return { rows: this.#rows, digest: this.digest.end() };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.copy[Symbol.asyncDispose]();
  }
}

/** What became of frozen rows since: erased ones leave a gap, and one that was written anew lies elsewhere. */
export interface RowChanges {
  readonly erased: ReadonlyMap<number, unknown>;
  readonly moved: boolean;
}

/**
 * The frozen rows of a run in order, a block at a time, each with its number. Throws where one that was not erased is missing,
 * or stands twice.
 */
export async function* readSnapshot(
  tx: EntityManager,
  runId: string,
  layout: ColumnLayout,
  { erased, moved }: RowChanges = { erased: new Map(), moved: false },
): AsyncGenerator<FrozenBlock> {
  // A scan that another has begun would be joined half way: rows must come in the order in which they were loaded.
  await tx.query('set local synchronize_seqscans = off');
  let block = emptyBlock(layout);
  let due = 0;
  const table = partitionOf('snapshot_row', runId);
  for await (const decoder of copyOut(tx, moved ? `(select * from ${table} order by row_no)` : table)) {
    while (decoder.next()) {
      const number = readRow(decoder, block);
      while (erased.has(due)) due++;
      if (number !== due++) throw new Error(`snapshot row ${due - 1} is not where it belongs`);
      if (block.rows === BLOCK_ROWS) {
        yield block;
        block = emptyBlock(layout);
      }
    }
  }
  if (block.rows > 0) yield trimmed(block);
}

/** Some frozen rows of a run in order, as one block, each with its number; those that were erased are not in it. */
export async function frozenRows(
  tx: EntityManager,
  runId: string,
  layout: ColumnLayout,
  rows: readonly number[],
): Promise<FrozenBlock> {
  const block = emptyBlock(layout, rows.length);
  const table = partitionOf('snapshot_row', runId);
  const chosen = `(select * from ${table} where row_no = any ('{${rows.map(Math.trunc).join()}}') order by row_no)`;
  for await (const decoder of copyOut(tx, chosen)) while (decoder.next()) readRow(decoder, block);
  return trimmed(block);
}

/** Answers the number of the row. */
function readRow(decoder: CopyDecoder, block: FillingBlock): number {
  const row = block.rows++;
  decoder.skip();
  const number = decoder.int4();
  block.numbersOfRows[row] = number;
  block.customers[row] = decoder.ascii();
  decoder.skip();
  decoder.float8Array(block.numbers, row);
  decoder.textArray(block.texts, row);
  block.quiet[row] = decoder.boolean() ? 1 : 0;
  block.optedOut[row] = decoder.boolean() ? 1 : 0;
  block.flowStarts[row] = decoder.int4Array();
  block.mails[row] = decoder.int4Array();
  return number;
}
