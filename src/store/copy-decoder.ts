import type { BytePool } from '../domain/byte-pool.ts';

const HEADER_BYTES = 19;
const HEX = Buffer.from('0123456789abcdef');

/**
 * Decodes the rows of `COPY … TO STDOUT (FORMAT binary)`. Push chunks as they come; `next` stands at a row while a whole
 * one is at hand. Fields are then read in column order.
 */
export class CopyDecoder {
  /** Stands at fields, outside of a row. */
  static atFields(bytes: Buffer): CopyDecoder {
    const decoder = new CopyDecoder();
    decoder.#stand(bytes);
    return decoder;
  }

  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  #end = 0;
  #headerSeen = false;

  /** The chunk is read where it is, and must stay as it is until the next; what is left of the one before goes before it. */
  push(chunk: Buffer): void {
    const rest = this.#bytes.subarray(this.#end);
    this.#stand(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
    if (!this.#headerSeen && this.#bytes.length >= HEADER_BYTES) {
      this.#headerSeen = true;
      this.#end = HEADER_BYTES;
    }
  }

  /** Goes to the next row; false when no whole one is at hand. */
  next(): boolean {
    const start = this.#end;
    if (!this.#headerSeen || start + 2 > this.#bytes.length) return false;
    const fields = this.#view.getInt16(start);
    if (fields < 0) return false;
    let at = start + 2;
    for (let i = 0; i < fields; i++) {
      if (at + 4 > this.#bytes.length) return false;
      at += 4 + Math.max(this.#view.getInt32(at), 0);
    }
    if (at > this.#bytes.length) return false;
    this.#at = start + 2;
    this.#end = at;
    this.#rowStart = start;
    return true;
  }
  #rowStart = 0;

  /** The bytes of the row at hand, valid until the next push. */
  rowBytes(): Uint8Array {
    return this.#bytes.subarray(this.#rowStart, this.#end);
  }

  /** Copies the bytes of the row at hand as far as there is room; answers how many they are. */
  rowTo(target: Uint8Array): number {
    this.#bytes.copy(target, 0, this.#rowStart, this.#end);
    return this.#end - this.#rowStart;
  }

  skip(): void {
    this.#at += 4 + Math.max(this.#view.getInt32(this.#at), 0);
  }

  /** What a pool has of the bytes of the next fields, lengths and all. */
  pooled<T>(fields: number, pool: BytePool<T>): T {
    const start = this.#at;
    for (let i = 0; i < fields; i++) this.skip();
    return pool.of(this.#bytes, start, this.#at);
  }

  /** Copies a field to `at`; answers where it ends there. Few bytes are copied faster one by one than by a call. */
  copyTo(target: Uint8Array, at: number): number {
    const start = this.#at + 4;
    this.#at = start + this.#view.getInt32(this.#at);
    for (let i = start; i < this.#at; i++) target[at++] = this.#bytes[i] ?? 0;
    return at;
  }

  /** Writes a field in hex to `at`; answers where it ends there. */
  hexTo(target: Uint8Array, at: number): number {
    const start = this.#at + 4;
    this.#at = start + this.#view.getInt32(this.#at);
    for (let i = start; i < this.#at; i++) {
      const byte = this.#bytes[i] ?? 0;
      target[at++] = HEX[byte >> 4] ?? 0;
      target[at++] = HEX[byte & 15] ?? 0;
    }
    return at;
  }

  boolean(): boolean {
    const value = this.#bytes[this.#at + 4] === 1;
    this.#at += 5;
    return value;
  }

  int4(): number {
    const value = this.#view.getInt32(this.#at + 4);
    this.#at += 8;
    return value;
  }

  int4OrNull(): number | null {
    return this.#null() ? null : this.int4();
  }

  int2(): number | null {
    if (this.#null()) return null;
    const value = this.#view.getInt16(this.#at + 4);
    this.#at += 6;
    return value;
  }

  float8(): number | null {
    if (this.#null()) return null;
    const value = this.#view.getFloat64(this.#at + 4);
    this.#at += 12;
    return value;
  }

  /** Text of ASCII (ids). */
  ascii(): string {
    const start = this.#at + 4;
    this.#at = start + this.#view.getInt32(this.#at);
    return this.#bytes.toString('latin1', start, this.#at);
  }

  bytes(): Uint8Array {
    const start = this.#at + 4;
    this.#at = start + this.#view.getInt32(this.#at);
    return this.#bytes.subarray(start, this.#at);
  }

  /** The same in lower-case hex. */
  hex(): string {
    const start = this.#at + 4;
    this.#at = start + this.#view.getInt32(this.#at);
    return this.#bytes.toString('hex', start, this.#at);
  }

  /** One array's values into the columns they belong to, null as NaN. */
  float8Array(columns: readonly Float64Array[], row: number): void {
    const length = this.#arrayLength();
    const view = this.#view;
    let at = this.#at;
    for (let i = 0; i < length; i++) {
      const isNull = view.getInt32(at) === -1;
      const column = columns[i];
      if (column !== undefined) column[row] = isNull ? Number.NaN : view.getFloat64(at + 4);
      at += isNull ? 4 : 12;
    }
    this.#at = at;
  }

  textArray(columns: readonly (string | null)[][], row: number): void {
    const length = this.#arrayLength();
    for (let i = 0; i < length; i++) {
      const column = columns[i];
      if (this.#null()) {
        if (column !== undefined) column[row] = null;
        continue;
      }
      const start = this.#at + 4;
      this.#at = start + this.#view.getInt32(this.#at);
      if (column !== undefined) column[row] = this.#bytes.toString('utf8', start, this.#at);
    }
  }

  int4Array(): readonly number[] | null {
    if (this.#null()) return null;
    const values: number[] = [];
    for (let left = this.#arrayLength(); left > 0; left--) values.push(this.int4());
    return values;
  }

  int2Array(): readonly number[] {
    const values: number[] = [];
    for (let left = this.#arrayLength(); left > 0; left--) values.push(this.int2() ?? 0);
    return values;
  }

  #stand(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = 0;
    this.#end = 0;
  }

  #null(): boolean {
    if (this.#view.getInt32(this.#at) !== -1) return false;
    this.#at += 4;
    return true;
  }

  #arrayLength(): number {
    const dimensions = this.#view.getInt32(this.#at + 4);
    const length = dimensions === 0 ? 0 : this.#view.getInt32(this.#at + 16);
    this.#at += dimensions === 0 ? 16 : 24;
    return length;
  }
}
