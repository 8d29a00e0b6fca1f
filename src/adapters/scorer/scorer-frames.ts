/** What a frame between the service and a model process is about. */
export const FRAME = {
  OPEN: 1,
  SCORE: 2,
  OPENED: 3,
  SCORES: 4,
  ERROR: 5,
  EXPLAIN: 6,
  EXPLAINED: 7,
  WORKING: 8,
  JUDGE: 9,
  JUDGED: 10,
  CUTS: 11,
  CUT: 12,
} as const;

/**
 * `kind`: one of FRAME; WORKING says that the request under way goes on, and of JUDGE names in its body the gate that is begun.
 * `value`: bytes of JSON (OPEN; JUDGE, before the training table), rows (SCORE, SCORES, EXPLAINED), reference rows (CUTS; EXPLAIN,
 * behind them the rows to explain), else 0. JUDGED is JSON; EXPLAINED and CUT have bodies of their own. The body starts at an
 * aligned address.
 */
export interface Frame {
  readonly kind: number;
  readonly value: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

const HEAD = 12;

/** The head of a frame: kind, value and length of the body, each a 32-bit little-endian integer. */
export function frameHead(kind: number, value: number, length: number): Buffer {
  const head = Buffer.allocUnsafe(HEAD);
  head.writeUInt32LE(kind, 0);
  head.writeUInt32LE(value, 4);
  head.writeUInt32LE(length, 8);
  return head;
}

/** Puts the chunks of a pipe together to frames again, each body in memory of its own. */
export class FrameReader {
  private readonly head = Buffer.alloc(HEAD);
  private headFilled = 0;
  private body: Uint8Array<ArrayBuffer> | undefined;
  private bodyFilled = 0;

  private readonly limit: number;

  /** `limit`: the longest body accepted, in bytes. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** The frames that a chunk completes. Throws RangeError on a body longer than the limit. */
  *push(chunk: Uint8Array): Generator<Frame> {
    let position = 0;
    while (position < chunk.length) {
      if (this.body === undefined) {
        const part = chunk.subarray(position, position + HEAD - this.headFilled);
        this.head.set(part, this.headFilled);
        this.headFilled += part.length;
        position += part.length;
        if (this.headFilled < HEAD) return;
        const length = this.head.readUInt32LE(8);
        if (length > this.limit) throw new RangeError('a frame is longer than allowed');
        this.body = new Uint8Array(length);
        this.bodyFilled = 0;
      }
      const part = chunk.subarray(position, position + this.body.length - this.bodyFilled);
      this.body.set(part, this.bodyFilled);
      this.bodyFilled += part.length;
      position += part.length;
      if (this.bodyFilled < this.body.length) return;
      const frame = { kind: this.head.readUInt32LE(0), value: this.head.readUInt32LE(4), body: this.body };
      this.body = undefined;
      this.headFilled = 0;
      yield frame;
    }
  }
}
