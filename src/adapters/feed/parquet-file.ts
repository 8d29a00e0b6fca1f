import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  type AsyncBuffer,
  parquetMetadataAsync,
  parquetSchema,
  type RowGroup,
  type SchemaTree,
} from 'hyparquet';
import { type CellBlock, FeedError, type FeedFile } from '../../domain/ports.ts';
import { CellWriter } from './cell-writer.ts';
import { textFault } from './csv-text.ts';
import { type CellKind, cellKind } from './parquet-cell.ts';
import { ParquetColumn } from './parquet-column.ts';

/** Rows that are turned into cells at once. */
const BLOCK_ROWS = 10_000;
/** Its compressed bytes are held while its pages are decoded one by one. */
const MAX_ROW_GROUP_BYTES = 256 << 20;

/**
 * Opens a Parquet file of a feed. Its values become the cells that a CSV would hold, so that one set of rules judges both;
 * lines are counted as in a CSV with a header, row 1 being line 2. Its digest is compared first: what was damaged on its
 * way can hold lengths that would keep a decoder busy for hours. Throws FeedError.
 */
export async function openParquetFile(path: string, name: string, sha256: string): Promise<FeedFile> {
  const handle = await open(path);
  try {
    const digest = await digestOf(handle);
    if (digest !== sha256)
      throw new FeedError(
        'FEED_DIGEST',
        name,
        null,
        null,
        'is not the file that feed.json names: its SHA-256 differs',
      );
    return await readParquet(handle, name, digest);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readParquet(handle: FileHandle, name: string, digest: string): Promise<FeedFile> {
  const { size, mtimeMs } = await handle.stat();
  const file = bufferOf(handle, size);
  const metadata = await readable(name, () => parquetMetadataAsync(file, { geoparquet: false }));
  const root = parquetSchema(metadata);
  const kinds = root.children.map((leaf) => kindOf(name, leaf));
  const header = root.children.map(({ element }) => element.name);

  async function* blocks(): AsyncGenerator<CellBlock> {
    let line = 2;
    for (const group of metadata.row_groups) {
      for await (const block of groupBlocks(group, line)) {
        yield block;
        line += block.rows;
      }
    }
    const now = await handle.stat();
    if (now.size !== size || now.mtimeMs !== mtimeMs)
      throw new FeedError('FEED_DIGEST', name, null, null, 'was changed while it was read');
  }

  async function* groupBlocks(group: RowGroup, firstLine: number): AsyncGenerator<CellBlock> {
    const rows = Number(group.num_rows);
    const columns = await readable(name, () => openColumns(file, group, root, kinds));
    const writer = new CellWriter(kinds.length);
    for (let from = 0; from < rows; from += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, rows - from);
      const block = await readable(name, async () => {
        writer.begin(count, firstLine + from);
        columns.forEach((column, i) => {
          const cell = kinds[i]?.cell ?? String;
          for (let row = 0; row < count; row++) {
            const value = column.next();
            writer.put(row, i, value === null || value === undefined ? '' : cell(value));
          }
        });
        return writer.block();
      });
      assertText(block);
      yield block;
    }
  }

  function assertText(block: CellBlock): void {
    if (textFault(Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length)) === null)
      return;
    for (let cell = 0; cell < block.rows * block.width; cell++) {
      const bytes = Buffer.from(block.bytes.subarray(block.cells[2 * cell], block.cells[2 * cell + 1]));
      const fault = textFault(bytes);
      const line = block.lines[Math.floor(cell / block.width)] ?? null;
      if (fault !== null)
        throw new FeedError('FEED_FORMAT', name, line, header[cell % block.width] ?? null, fault.rule);
    }
  }

  return { header, blocks, digest: () => digest, [Symbol.asyncDispose]: () => handle.close() };
}

async function digestOf(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false })) hash.update(chunk);
  return hash.digest('hex');
}

function kindOf(file: string, { element, children }: SchemaTree): CellKind {
  const kind = children.length === 0 ? cellKind(element) : null;
  if (kind !== null) return kind;
  const type = element.converted_type ?? element.logical_type?.type ?? element.type ?? 'nested';
  throw new FeedError('FEED_FORMAT', file, null, element.name, `has the type ${type}, which no feed has`);
}

async function openColumns(
  file: AsyncBuffer,
  group: RowGroup,
  root: SchemaTree,
  kinds: readonly CellKind[],
): Promise<readonly ParquetColumn[]> {
  const total = group.columns.reduce(
    (sum, { meta_data }) => sum + Number(meta_data?.total_compressed_size),
    0,
  );
  if (total > MAX_ROW_GROUP_BYTES) throw new Error('a row group is larger than 256 MiB: write smaller ones');
  return Promise.all(
    kinds.map(async ({ element }, i) => {
      const metadata = group.columns[i]?.meta_data;
      const leaf = root.children[i];
      if (metadata === undefined || leaf === undefined) throw new Error('a row group lacks a column');
      const start = Number(metadata.dictionary_page_offset ?? metadata.data_page_offset);
      const bytes = await file.slice(start, start + Number(metadata.total_compressed_size));
      return new ParquetColumn(bytes, Number(group.num_rows), { metadata, root, leaf, element });
    }),
  );
}

function bufferOf(handle: FileHandle, size: number): AsyncBuffer {
  return {
    byteLength: size,
    async slice(start, end = size) {
      if (!(start >= 0 && start <= end && end <= size)) throw new Error('it points outside itself');
      const bytes = new Uint8Array(end - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      if (bytesRead !== bytes.length) throw new Error('it was cut off');
      return bytes.buffer;
    },
  };
}

/** What goes wrong in here is the file's fault: hardly any library of this format tells what. */
async function readable<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FeedError(
      'FEED_FORMAT',
      name,
      null,
      null,
      `is not a Parquet file that can be read (${reason})`,
    );
  }
}
