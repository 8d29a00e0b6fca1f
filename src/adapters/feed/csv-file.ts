import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type CellBlock, FeedError, type FeedFile } from '../../domain/ports.ts';
import { CsvScanner } from './csv-scanner.ts';
import { lineEnds, textFault, unfinishedBytes } from './csv-text.ts';

const CHUNK_BYTES = 1 << 20;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Opens an RFC 4180 file of a feed; its blocks are streamed, each valid until the next is asked for. */
export function openCsvFile(path: string, name: string): Promise<FeedFile> {
  return readCsv(name, createReadStream(path, { highWaterMark: CHUNK_BYTES }));
}

/** Reads RFC 4180 text out of chunks of bytes, which it may write in. Throws FeedError. */
export async function readCsv(
  name: string,
  source: AsyncIterable<Buffer> & { destroy?(): unknown },
): Promise<FeedFile> {
  const hash = createHash('sha256');
  const scanner = new CsvScanner(name);
  const chunks = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  /** How many bytes of the rest were found to be text. */
  let judged = 0;
  let last = false;

  async function more(): Promise<void> {
    const chunk: IteratorResult<Buffer> = await chunks.next();
    last = chunk.done === true;
    if (!last) {
      hash.update(chunk.value);
      rest = rest.length === 0 ? chunk.value : Buffer.concat([rest, chunk.value]);
    }
    const end = last ? rest.length : rest.length - unfinishedBytes(rest);
    const fault = textFault(rest.subarray(judged, end));
    if (fault !== null) {
      const line = scanner.line + lineEnds(rest.subarray(0, judged)) + fault.lines;
      throw new FeedError('FEED_FORMAT', name, line, null, fault.rule);
    }
    judged = end;
  }

  function consume(bytes: number): void {
    rest = rest.subarray(bytes);
    judged -= bytes;
  }

  async function readHeader(): Promise<readonly string[]> {
    await more();
    while (!last && rest.length < BYTE_ORDER_MARK.length) await more();
    if (rest.subarray(0, 3).equals(BYTE_ORDER_MARK)) consume(3);
    for (;;) {
      if (last && rest.length === 0)
        throw new FeedError('FEED_FORMAT', name, 1, null, 'is empty: there is no header line');
      const header = scanner.header(rest, last);
      if (header !== undefined) {
        consume(scanner.consumed);
        return header;
      }
      await more();
    }
  }

  async function* blocks(): AsyncGenerator<CellBlock> {
    for (;;) {
      const block = scanner.scan(rest, last);
      if (block.rows > 0 || block.ragged.length > 0) yield block;
      consume(scanner.consumed);
      if (last) return;
      await more();
    }
  }

  async function close(): Promise<void> {
    source.destroy?.();
  }

  try {
    const header = await readHeader();
    return { header, blocks, digest: () => hash.digest('hex'), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
