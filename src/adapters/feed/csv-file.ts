import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type CellBlock, FeedError, type FeedFile } from '../../domain/ports.ts';
import { CsvScanner } from './csv-scanner.ts';

const CHUNK_BYTES = 1 << 20;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Opens an RFC 4180 file of a feed; its blocks are streamed, each valid until the next is asked for. */
export async function openCsvFile(path: string, name: string): Promise<FeedFile> {
  const hash = createHash('sha256');
  const scanner = new CsvScanner(name);
  const chunks = createReadStream(path, { highWaterMark: CHUNK_BYTES })[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  let last = false;

  async function more(): Promise<void> {
    const chunk: IteratorResult<Buffer> = await chunks.next();
    last = chunk.done === true;
    if (!last) {
      hash.update(chunk.value);
      rest = rest.length === 0 ? chunk.value : Buffer.concat([rest, chunk.value]);
    }
  }

  let header: readonly string[] | undefined;
  await more();
  if (rest.subarray(0, 3).equals(BYTE_ORDER_MARK)) rest = rest.subarray(3);
  while (header === undefined) {
    if (last && rest.length === 0)
      throw new FeedError('FEED_FORMAT', name, 1, null, 'is empty: there is no header line');
    header = scanner.header(rest, last);
    if (header === undefined) await more();
  }
  rest = rest.subarray(scanner.consumed);

  async function* blocks(): AsyncGenerator<CellBlock> {
    for (;;) {
      const block = scanner.scan(rest, last);
      if (block.rows > 0 || block.ragged.length > 0) yield block;
      rest = rest.subarray(scanner.consumed);
      if (last) return;
      await more();
    }
  }

  return { header, blocks, digest: () => hash.digest('hex') };
}
