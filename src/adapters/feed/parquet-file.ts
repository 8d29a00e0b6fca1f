import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { type AsyncBuffer, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { type CellBlock, FeedError, type FeedFile } from '../../domain/ports.ts';

/** Rows that are turned into cells at once. */
const BLOCK_ROWS = 10_000;

/**
 * Opens a Parquet file of a feed. Its values become the cells that a CSV would hold, so that one set of rules judges both;
 * lines are counted as in a CSV with a header, row 1 being line 2.
 */
export async function openParquetFile(path: string, name: string): Promise<FeedFile> {
  const handle = await open(path);
  const { size } = await handle.stat();
  const file: AsyncBuffer = {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(end - start);
      await handle.read(bytes, 0, bytes.length, start);
      return bytes.buffer;
    },
  };
  const metadata = await readable(name, parquetMetadataAsync(file));
  const header = metadata.schema
    .filter((element) => element.type !== undefined)
    .map((element) => element.name);
  const hash = createHash('sha256');

  async function* blocks(): AsyncGenerator<CellBlock> {
    try {
      for await (const chunk of createReadStream(path)) hash.update(chunk);
      const total = Number(metadata.num_rows);
      for (let from = 0; from < total; from += BLOCK_ROWS) {
        let values: unknown[][] = [];
        const rowEnd = Math.min(from + BLOCK_ROWS, total);
        const onComplete = (rows: unknown[][]) => {
          values = rows;
        };
        await readable(
          name,
          parquetRead({
            file,
            metadata,
            compressors,
            rowStart: from,
            rowEnd,
            columns: [...header],
            onComplete,
          }),
        );
        yield cellsOf(values, header.length, from + 2);
      }
    } finally {
      await handle.close();
    }
  }

  return { header, blocks, digest: () => hash.digest('hex') };
}

async function readable<T>(name: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FeedError('FEED_FORMAT', name, null, null, `is not a readable Parquet file (${reason})`);
  }
}

function cellsOf(values: readonly unknown[][], width: number, firstLine: number): CellBlock {
  const texts = values.flatMap((row) => row.map(cellText));
  const bytes = Buffer.from(texts.join(''), 'utf8');
  const cells = new Int32Array(2 * texts.length);
  let at = 0;
  texts.forEach((text, i) => {
    cells[2 * i] = at;
    at += Buffer.byteLength(text);
    cells[2 * i + 1] = at;
  });
  const lines = Int32Array.from({ length: values.length }, (_, i) => firstLine + i);
  return { bytes, cells, rows: values.length, width, lines, ragged: [] };
}

/** A value as the text that a CSV feed would hold. */
function cellText(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '';
  if (value instanceof Date) {
    const text = value.toISOString();
    return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text;
  }
  if (typeof value === 'number' && !Number.isInteger(value) && String(value).includes('e')) {
    return value.toFixed(20).replace(/0+$/, '');
  }
  return String(value);
}
