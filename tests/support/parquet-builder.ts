import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SchemaElement } from 'hyparquet';
import { type ParquetWriteOptions, parquetWriteBuffer } from 'hyparquet-writer';
import { openParquetFile } from '../../src/adapters/feed/parquet-file.ts';

/** What a column is stored as, by Parquet's own words. */
export type Element = Omit<SchemaElement, 'name'>;
type Column = ParquetWriteOptions['columnData'][number] & { readonly element?: Element };

/** A Parquet file of columns with types of its writer's guessing, or of the test's own elements. */
export function parquetFile(
  columns: readonly Column[],
  options: Partial<ParquetWriteOptions> = {},
): Uint8Array {
  const root: SchemaElement = { name: 'root', num_children: columns.length };
  const schema = columns.map(({ name, element }): SchemaElement => ({ name, ...element }));
  const columnData = columns.map(({ element: _, ...column }) => column);
  const typed = columns.some(({ element }) => element !== undefined);
  return new Uint8Array(
    parquetWriteBuffer({ columnData, ...(typed ? { schema: [root, ...schema] } : {}), ...options }),
  );
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A file as the feed's reader gives it, its cells as texts. */
export interface ReadTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly lines: readonly number[];
  readonly digest: string;
}

/** Stores bytes in a folder and reads them as `customers.parquet`. */
export async function readParquet(folder: string, bytes: Uint8Array): Promise<ReadTable> {
  const path = join(folder, `${sha256(bytes)}.parquet`);
  await writeFile(path, bytes);
  await using file = await openParquetFile(path, 'customers.parquet', sha256(bytes));
  const rows: string[][] = [];
  const lines: number[] = [];
  for await (const block of file.blocks()) {
    for (let row = 0; row < block.rows; row++) {
      const at = (column: number) => 2 * (row * block.width + column);
      rows.push(
        Array.from({ length: block.width }, (_, column) =>
          Buffer.from(block.bytes.subarray(block.cells[at(column)], block.cells[at(column) + 1])).toString(
            'utf8',
          ),
        ),
      );
      lines.push(block.lines[row] ?? -1);
    }
  }
  return { header: file.header, rows, lines, digest: file.digest() };
}
