import { type CellBlock, FeedError } from '../../domain/ports.ts';

const QUOTE = 34;
const COMMA = 44;
const LF = 10;
const CR = 13;

/** A longer field is no field of a feed. */
export const MAX_FIELD_BYTES = 65_536;
/** Nor is a longer row one of a feed: a file without line ends would be gathered whole. */
export const MAX_ROW_BYTES = 1 << 20;
/** The answer for a field or row whose end the chunk does not hold. */
const NOT_WHOLE = -1;

/**
 * Finds the records of RFC 4180 text, strictly, in the chunk at hand: cells are positions in it and nothing is copied.
 * Feed a chunk that starts at a record; `consumed` tells where the next chunk must start. Its arrays are used again for
 * the next chunk, and doubled quotes become one in the chunk itself.
 */
export class CsvScanner {
  consumed = 0;
  #line = 1;
  /** Line ends inside the quotes of the record at hand. */
  #newLines = 0;
  #width = 0;
  #cells = new Int32Array(1 << 16);
  #lines = new Int32Array(1 << 12);
  /** Cells of the record at hand that hold doubled quotes. */
  #escaped: number[] = [];

  constructor(readonly file: string) {}

  /** The line at which the next record starts; the first is 1. */
  get line(): number {
    return this.#line;
  }

  /** The first record, undefined when the chunk does not hold all of it. */
  header(bytes: Buffer, last: boolean): readonly string[] | undefined {
    const count = this.#record(bytes, 0, 0, last);
    if (count === NOT_WHOLE) return undefined;
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
    while (position < bytes.length) {
      const line = this.#line;
      const count = this.#record(bytes, position, 2 * rows * this.#width, last);
      if (count === NOT_WHOLE) break;
      position = this.consumed;
      if (count !== this.#width) ragged.push({ line, fields: count });
      else {
        if (rows === this.#lines.length) this.#lines = grown(this.#lines);
        this.#lines[rows++] = line;
      }
    }
    this.consumed = position;
    return { bytes, cells: this.#cells, rows, width: this.#width, lines: this.#lines, ragged };
  }

  /** One record from `start` on, its cells from `slot` on; the number of its fields. */
  #record(bytes: Buffer, start: number, slot: number, last: boolean): number {
    let at = start;
    let cell = slot;
    this.#newLines = 0;
    this.#escaped.length = 0;
    for (;;) {
      if (cell + 2 > this.#cells.length) this.#cells = grown(this.#cells);
      const quoted = bytes[at] === QUOTE;
      const from = quoted ? at + 1 : at;
      const to = quoted ? this.#quotedEnd(bytes, from, cell, last) : this.#plainEnd(bytes, from, last);
      if (to === NOT_WHOLE && bytes.length - start <= MAX_ROW_BYTES) return NOT_WHOLE;
      if (to === NOT_WHOLE || to - start > MAX_ROW_BYTES)
        this.#fail(`a row is longer than ${MAX_ROW_BYTES} bytes`);
      this.#cells[cell] = from;
      this.#cells[cell + 1] = to;
      cell += 2;
      at = quoted ? to + 1 : to;
      if (bytes[at] === COMMA) {
        at++;
        continue;
      }
      if (bytes[at] === CR) {
        if (bytes[at + 1] === undefined && !last) return NOT_WHOLE;
        if (bytes[at + 1] !== LF) this.#fail('a carriage return stands without a line feed');
        at++;
      }
      this.consumed = Math.min(at + 1, bytes.length);
      this.#line += 1 + this.#newLines;
      for (const escaped of this.#escaped) this.#unescape(bytes, escaped);
      return (cell - slot) / 2;
    }
  }

  /** Where a field without quotes ends. */
  #plainEnd(bytes: Buffer, from: number, last: boolean): number {
    const { length } = bytes;
    let at = from;
    for (; at < length; at++) {
      const byte = bytes[at] ?? 0;
      // Letters, digits and most signs at one blow.
      if (byte > COMMA) continue;
      if (byte === COMMA || byte === LF || byte === CR) break;
      if (byte === QUOTE) this.#fail('a quote stands inside a field that is not in quotes');
    }
    if (at - from > MAX_FIELD_BYTES) this.#fail(`a field is longer than ${MAX_FIELD_BYTES} bytes`);
    return at === length && !last ? NOT_WHOLE : at;
  }

  /** Where a field in quotes ends: its closing quote. */
  #quotedEnd(bytes: Buffer, from: number, cell: number, last: boolean): number {
    const opened = this.#newLines;
    for (let at = from; ; at++) {
      const byte = bytes[at];
      if (byte === LF) this.#newLines++;
      if (byte !== QUOTE && byte !== undefined) continue;
      if (byte === QUOTE && bytes[at + 1] === QUOTE) {
        if (this.#escaped.at(-1) !== cell) this.#escaped.push(cell);
        at++;
        continue;
      }
      if (at - from > MAX_FIELD_BYTES) {
        this.#newLines = opened;
        this.#fail(
          `a field in quotes is longer than ${MAX_FIELD_BYTES} bytes: perhaps a quote is not closed`,
        );
      }
      if (byte === undefined && last) {
        this.#newLines = opened;
        this.#fail('a quote is not closed: the file was cut off');
      }
      const next = bytes[at + 1];
      if (byte === undefined || (next === undefined && !last)) return NOT_WHOLE;
      if (next !== undefined && next !== COMMA && next !== LF && next !== CR)
        this.#fail('text follows a closed quote');
      return at;
    }
  }

  /** Doubled quotes become one, in place: the text only gets shorter. */
  #unescape(bytes: Buffer, cell: number): void {
    const from = this.#cells[cell] ?? 0;
    const to = this.#cells[cell + 1] ?? 0;
    const text = bytes.toString('latin1', from, to).replaceAll('""', '"');
    this.#cells[cell + 1] = from + bytes.write(text, from, 'latin1');
  }

  /** The fault stands where the scanner is: on the line of the record, or further on in its quotes. */
  #fail(rule: string): never {
    throw new FeedError('FEED_FORMAT', this.file, this.#line + this.#newLines, null, rule);
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
