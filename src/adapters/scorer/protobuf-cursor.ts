/** Bytes that are not protobuf: cut off, or of a wire type that ONNX does not use. */
export class ProtobufError extends Error {}

const text = new TextDecoder();

/**
 * Walks the fields of one protobuf message front to back, without copying or allocating per field:
 * after `next()` said true, `field`, `value` (a varint, exact up to 2^53) and `start`..`end` describe the
 * field (https://protobuf.dev/programming-guides/encoding).
 */
export class ProtobufCursor {
  field = 0;
  /** Whether the field is length-delimited: bytes, text, a message or a packed list. */
  delimited = false;
  value = 0;
  start = 0;
  end = 0;
  private position: number;
  private readonly bytes: Uint8Array;
  private readonly limit: number;

  constructor(bytes: Uint8Array, from = 0, limit = bytes.length) {
    this.bytes = bytes;
    this.position = from;
    this.limit = limit;
  }

  /** Moves to the next field; false at the end of the message. Throws ProtobufError. */
  next(): boolean {
    if (this.position >= this.limit) return false;
    const key = this.varint();
    // Parsers cut a longer key to 32 bits: it could say one thing here and another there.
    if (key >= 2 ** 32) throw new ProtobufError('a field number is too large');
    this.field = Math.floor(key / 8);
    this.value = 0;
    this.start = this.position;
    this.delimited = key % 8 === 2;
    switch (key % 8) {
      case 0:
        this.value = this.varint();
        break;
      case 1:
        this.position += 8;
        break;
      case 2: {
        const length = this.varint();
        this.start = this.position;
        this.position += length;
        break;
      }
      case 5:
        this.position += 4;
        break;
      default:
        throw new ProtobufError('unknown wire type');
    }
    if (this.field === 0 || this.position > this.limit) throw new ProtobufError('a field is cut off');
    this.end = this.position;
    return true;
  }

  /** The bytes of a length-delimited field as a message of its own. */
  message(): ProtobufCursor {
    return new ProtobufCursor(this.bytes, this.start, this.end);
  }

  /** The bytes of a length-delimited field as text. */
  text(): string {
    return text.decode(this.bytes.subarray(this.start, this.end));
  }

  /** The next varint where the message is a packed list of them; undefined at its end. */
  packed(): number | undefined {
    return this.position < this.limit ? this.varint() : undefined;
  }

  /** The float32 numbers of a field: one where it is fixed, all where it is packed. */
  floats(): readonly number[] {
    const { buffer, byteOffset } = this.bytes;
    const view = new DataView(buffer, byteOffset + this.start, this.end - this.start);
    return Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }

  /** The whole numbers of a field: one where it is a varint, all where it is packed. */
  integers(): readonly number[] {
    if (!this.delimited) return [this.value];
    const list = this.message();
    const values: number[] = [];
    for (let value = list.packed(); value !== undefined; value = list.packed()) values.push(value);
    return values;
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.position < this.limit ? this.bytes[this.position] : undefined;
      if (byte === undefined || scale > 2 ** 63) throw new ProtobufError('a number is cut off');
      this.position += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
}
