/** Object ids of PostgreSQL's element types, as they stand in binary arrays. */
const OID = { int2: 21, int4: 23, text: 25, float8: 701 } as const;

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const GROW = 1 << 20;
/** Up to here a text is faster written by its characters than by a call. */
const SHORT = 24;

/**
 * Encodes rows for `COPY … FROM STDIN (FORMAT binary)`, in the very bytes in which PostgreSQL gives them back.
 * Fields are written in column order, `row` first.
 */
export class CopyEncoder {
  #buffer = Buffer.allocUnsafeSlow(2 * GROW);
  #view = new DataView(this.#buffer.buffer);
  #at = 0;

  constructor() {
    this.#at = SIGNATURE.copy(this.#buffer);
  }

  get size(): number {
    return this.#at;
  }

  row(fields: number): void {
    if (this.#buffer.length - this.#at < GROW) this.#grow();
    this.#view.setInt16(this.#at, fields);
    this.#at += 2;
  }

  null(): void {
    this.#int4(-1);
  }

  boolean(value: boolean): void {
    this.#int4(1);
    this.#buffer[this.#at++] = value ? 1 : 0;
  }

  int2(value: number): void {
    this.#int4(2);
    this.#view.setInt16(this.#at, value);
    this.#at += 2;
  }

  int4(value: number): void {
    this.#int4(4);
    this.#int4(value);
  }

  float8(value: number): void {
    this.#int4(8);
    this.#view.setFloat64(this.#at, value);
    this.#at += 8;
  }

  /** A few bytes (ids, salts) out of many: copied one by one, which is faster than a view on them. */
  bytes(source: Uint8Array, start = 0, end = source.length): void {
    this.#int4(end - start);
    const buffer = this.#buffer;
    let at = this.#at;
    for (let i = start; i < end; i++) buffer[at++] = source[i] ?? 0;
    this.#at = at;
  }

  /** Text of printable ASCII (ids), which needs no encoder. */
  ascii(value: string): void {
    this.#int4(value.length);
    const buffer = this.#buffer;
    let at = this.#at;
    for (let i = 0; i < value.length; i++) buffer[at++] = value.charCodeAt(i);
    this.#at = at;
  }

  text(value: string): void {
    if (value.length <= SHORT && isAscii(value)) {
      this.ascii(value);
      return;
    }
    if (3 * value.length > this.#buffer.length - this.#at - 4) this.#grow(3 * value.length);
    const length = this.#buffer.write(value, this.#at + 4, 'utf8');
    this.#int4(length);
    this.#at += length;
  }

  /** The values of one row out of columns, NaN as null. */
  float8Array(columns: readonly Float64Array[], row: number): void {
    const start = this.#arrayHeader(OID.float8, columns.length);
    const view = this.#view;
    let at = this.#at;
    for (let i = 0; i < columns.length; i++) {
      const value = columns[i]?.[row] ?? Number.NaN;
      if (Number.isNaN(value)) {
        view.setInt32(start + 8, 1);
        view.setInt32(at, -1);
        at += 4;
      } else {
        view.setInt32(at, 8);
        view.setFloat64(at + 4, value);
        at += 12;
      }
    }
    this.#at = at;
    this.#closeArray(start);
  }

  textArray(columns: readonly (readonly (string | null)[])[], row: number): void {
    const start = this.#arrayHeader(OID.text, columns.length);
    for (let i = 0; i < columns.length; i++) {
      const value = columns[i]?.[row] ?? null;
      if (value === null) {
        this.#view.setInt32(start + 8, 1);
        this.#int4(-1);
      } else this.text(value);
    }
    this.#closeArray(start);
  }

  int4Array(values: readonly number[]): void {
    const start = this.#arrayHeader(OID.int4, values.length);
    for (const value of values) this.int4(value);
    this.#closeArray(start);
  }

  int2Array(values: readonly number[]): void {
    const start = this.#arrayHeader(OID.int2, values.length);
    for (const value of values) this.int2(value);
    this.#closeArray(start);
  }

  /**
   * What was written since the last call, in memory of its own; the encoder starts afresh. A copy costs little, and new room every time
   * much: the garbage collector counts it.
   */
  take(): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(0, this.#at));
    this.#at = 0;
    return taken;
  }

  end(): Buffer {
    this.#view.setInt16(this.#at, -1);
    this.#at += 2;
    return this.take();
  }

  #int4(value: number): void {
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
  }

  /** Length (filled in by #closeArray), dimensions, has-nulls flag, element type, size, lower bound. */
  #arrayHeader(element: number, length: number): number {
    const start = this.#at;
    this.#at += 4;
    this.#int4(length === 0 ? 0 : 1);
    this.#int4(0);
    this.#int4(element);
    if (length > 0) {
      this.#int4(length);
      this.#int4(1);
    }
    return start;
  }

  #closeArray(start: number): void {
    this.#view.setInt32(start, this.#at - start - 4);
  }

  #grow(more = 0): void {
    const larger = Buffer.allocUnsafeSlow(2 * this.#buffer.length + more);
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
    this.#view = new DataView(larger.buffer);
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
