import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { HashRoom, writeHash } from '../../../src/audit/hash-room.ts';

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

it('writes the hashes of a text and of bytes where they belong, and nowhere else', () => {
  const hashes = Buffer.alloc(3 * 32);
  writeHash(hashes, 2, 'décision');
  writeHash(hashes, 0, Uint8Array.of(0, 0xff));
  expect(hashes.toString('hex')).toBe(
    sha256(Uint8Array.of(0, 0xff)) + '00'.repeat(32) + sha256(Buffer.from('décision')),
  );
});

it('has room for what is put there, of each length anew', () => {
  const room = new HashRoom(4);
  const hashes = new Uint8Array(32);
  for (const text of ['ab', 'abc', 'xy', 'xyz', '']) {
    room.bytes.write(text, 'latin1');
    writeHash(hashes, 0, room.first(text.length));
    expect(Buffer.from(hashes).toString('hex')).toBe(sha256(text));
  }
  expect(() => room.first(5)).toThrow(RangeError);
});
