import type { CellBlock } from '../../domain/ports.ts';

const COMMA = 44;

/** Writes values as the cells of a block, column by column; its arrays are used again for the next block. */
export class CellWriter {
  #bytes = Buffer.allocUnsafe(1 << 20);
  #at = 0;
  #rows = 0;
  #cells = new Int32Array(0);
  #lines = new Int32Array(0);

  constructor(readonly width: number) {}

  begin(rows: number, firstLine: number): void {
    this.#at = 0;
    this.#rows = rows;
    if (this.#cells.length < 2 * rows * this.width) this.#cells = new Int32Array(2 * rows * this.width);
    this.#lines = Int32Array.from({ length: rows }, (_, row) => firstLine + row);
  }

  /** @param value ASCII text, or bytes as they are */
  put(row: number, column: number, value: string | Uint8Array): void {
    const { length } = value;
    if (this.#at + length + 1 > this.#bytes.length) this.#grow(length);
    const cell = 2 * (row * this.width + column);
    this.#cells[cell] = this.#at;
    if (typeof value === 'string') {
      for (let i = 0; i < length; i++) this.#bytes[this.#at++] = value.charCodeAt(i);
    } else {
      for (let i = 0; i < length; i++) this.#bytes[this.#at++] = value[i] ?? 0;
    }
    this.#cells[cell + 1] = this.#at;
    // Between cells, so that the halves of a character in two of them do not look whole.
    this.#bytes[this.#at++] = COMMA;
  }

  block(): CellBlock {
    return {
      bytes: this.#bytes.subarray(0, this.#at),
      cells: this.#cells,
      rows: this.#rows,
      width: this.width,
      lines: this.#lines,
      ragged: [],
    };
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafe(2 * (this.#bytes.length + length));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
