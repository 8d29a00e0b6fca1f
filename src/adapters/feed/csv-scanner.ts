import { isUtf8 } from 'node:buffer';
import { type CellBlock, FeedError } from '../../domain/ports.ts';

const QUOTE = 34;
const COMMA = 44;
const LF = 10;
const CR = 13;

/** A longer field is no field of a feed. */
export const MAX_FIELD_BYTES = 65_536;

/**
 * Finds the records of RFC 4180 text, strictly, in the chunk at hand: cells are positions in it and nothing is copied.
 * Feed a chunk that starts at a record; `consumed` tells where the next chunk must start. Its arrays are used again for
 * the next chunk.
 */
export class CsvScanner {
  consumed = 0;
  #line = 1;
  #width = 0;
  #cells = new Int32Array(1 << 16);
  #lines = new Int32Array(1 << 12);
  /** Cells of the record at hand that hold doubled quotes. */
  #escaped: number[] = [];

  constructor(readonly file: string) {}

  /** The first record, undefined when the chunk does not hold all of it. */
  header(bytes: Buffer, last: boolean): readonly string[] | undefined {
    const count = this.#record(bytes, 0, 0, last);
    if (count === undefined) return undefined;
    this.#assertUtf8(bytes, 0, this.consumed, 1);
    this.#width = count;
    return Array.from({ length: count }, (_, i) =>
      bytes.toString('utf8', this.#cells[2 * i], this.#cells[2 * i + 1]),
    );
  }

  /** All whole records of a chunk; with `last`, its end ends the last record. */
  scan(bytes: Buffer, last: boolean): CellBlock {
    const ragged: { line: number; fields: number }[] = [];
    let rows = 0;
    let position = 0;
    const firstLine = this.#line;
    while (position < bytes.length) {
      const line = this.#line;
      const count = this.#record(bytes, position, 2 * rows * this.#width, last);
      if (count === undefined) break;
      position = this.consumed;
      if (count !== this.#width) ragged.push({ line, fields: count });
      else {
        if (rows === this.#lines.length) this.#lines = grown(this.#lines);
        this.#lines[rows++] = line;
      }
    }
    this.consumed = position;
    this.#assertUtf8(bytes, 0, position, firstLine);
    return { bytes, cells: this.#cells, rows, width: this.#width, lines: this.#lines, ragged };
  }

  /** One record from `start` on, its cells from `slot` on; the number of its fields, undefined when it is not whole. */
  #record(bytes: Buffer, start: number, slot: number, last: boolean): number | undefined {
    let at = start;
    let fields = 0;
    let newLines = 0;
    this.#escaped.length = 0;
    for (;;) {
      if (slot + 2 * fields + 2 > this.#cells.length) this.#cells = grown(this.#cells);
      let from = at;
      let to: number;
      if (bytes[at] === QUOTE) {
        from = ++at;
        for (;;) {
          const byte = bytes[at];
          if (byte === undefined)
            return this.#unfinished(at - from, last, 'a quoted field is not closed: the file was cut off');
          if (byte === LF) newLines++;
          if (byte === QUOTE) {
            if (bytes[at + 1] !== QUOTE) break;
            if (this.#escaped.at(-1) !== slot + 2 * fields) this.#escaped.push(slot + 2 * fields);
            at++;
          }
          at++;
        }
        to = at++;
        const next = bytes[at];
        if (next === undefined && !last) return undefined;
        if (next !== undefined && next !== COMMA && next !== LF && next !== CR)
          this.#fail('text follows a closed quote');
      } else {
        for (;;) {
          const byte = bytes[at];
          if (byte === COMMA || byte === LF || byte === CR) break;
          if (byte === undefined) {
            if (last) break;
            return this.#unfinished(at - from, false, '');
          }
          if (byte === QUOTE) this.#fail('a quote stands inside an unquoted field');
          at++;
        }
        to = at;
      }
      if (to - from > MAX_FIELD_BYTES) this.#fail(`a field is longer than ${MAX_FIELD_BYTES} bytes`);
      this.#cells[slot + 2 * fields] = from;
      this.#cells[slot + 2 * fields + 1] = to;
      fields++;
      if (bytes[at] === COMMA) {
        at++;
        continue;
      }
      if (bytes[at] === CR) {
        if (bytes[at + 1] === undefined && !last) return undefined;
        if (bytes[at + 1] !== LF) this.#fail('a carriage return stands without a line feed');
        at++;
      }
      this.consumed = Math.min(at + 1, bytes.length);
      this.#line += 1 + newLines;
      for (const cell of this.#escaped) this.#unescape(bytes, cell);
      return fields;
    }
  }

  #unfinished(length: number, last: boolean, rule: string): undefined {
    if (length > MAX_FIELD_BYTES) this.#fail(`a field is longer than ${MAX_FIELD_BYTES} bytes`);
    if (last) this.#fail(rule);
    return undefined;
  }

  /** Doubled quotes become one, in place: the text only gets shorter. */
  #unescape(bytes: Buffer, cell: number): void {
    const from = this.#cells[cell] ?? 0;
    const to = this.#cells[cell + 1] ?? 0;
    const text = bytes.toString('latin1', from, to).replaceAll('""', '"');
    this.#cells[cell + 1] = from + bytes.write(text, from, 'latin1');
  }

  #assertUtf8(bytes: Buffer, start: number, end: number, firstLine: number): void {
    if (isUtf8(bytes.subarray(start, end))) return;
    let line = firstLine;
    let from = start;
    for (let at = start; at < end; at++) {
      if (bytes[at] !== LF && at < end - 1) continue;
      if (!isUtf8(bytes.subarray(from, at + 1))) break;
      line++;
      from = at + 1;
    }
    throw new FeedError('FEED_FORMAT', this.file, line, null, 'is not UTF-8');
  }

  #fail(rule: string): never {
    throw new FeedError('FEED_FORMAT', this.file, this.#line, null, rule);
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
