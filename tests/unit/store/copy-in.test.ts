import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { CopyIn } from '../../../src/store/copy-stream.ts';

const HALF_MEGABYTE = new Uint8Array(2 ** 19);
const TRAILER = -1;

/** A load that sends numbered chunks of half a megabyte, and notes in which order it sees them. */
function loadInto(stream: Writable) {
  const seen: number[] = [];
  const copy = new CopyIn(stream, (chunk) =>
    seen.push(chunk.length === 2 ? TRAILER : chunk.readInt32BE(chunk.length - 4)),
  );
  const send = async (chunks: number) => {
    for (let number = 0; number < chunks; number++) {
      copy.encoder.row(2);
      copy.encoder.bytes(HALF_MEGABYTE);
      copy.encoder.int4(number);
      await copy.flush();
    }
  };
  return { copy, seen, send };
}

const idle = () => new Writable({ write: (_chunk, _encoding, taken) => taken() });
const stuck = () => new Writable({ write: () => {} });
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

describe('what a load sends', () => {
  it('is not looked at while the server waits for more, and all of it in the end', async () => {
    const { copy, seen, send } = loadInto(idle());
    await send(20);
    expect(seen).toEqual([]);
    await copy.end();
    expect(seen.length).toBeLessThan(21);
    await copy.seen();
    expect(seen).toEqual([...numbers(20), TRAILER]);
  });

  it('is looked at while the server has enough to do', async () => {
    const { seen, send } = loadInto(stuck());
    await send(3);
    expect(seen).toEqual([]);
    await send(4);
    expect(seen).toEqual([...numbers(3), ...numbers(4)]);
  });

  it('is looked at where too much would be kept', async () => {
    const { seen, send } = loadInto(idle());
    await send(96);
    expect(seen).toEqual([]);
    await send(2);
    expect(seen).toEqual([0, 1]);
  });
});
