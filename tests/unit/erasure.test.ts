import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pseudonymOf } from '../../src/audit/pseudonym.ts';
import { signerOf } from '../../src/audit/signed-note.ts';
import { tombstonesOf } from '../../src/audit/tombstone.ts';
import { ERASED_KINDS, type ErasedRow, erasureContent, judgeRequest } from '../../src/domain/erasure.ts';

const row = fc.record({
  kind: fc.constantFrom(...ERASED_KINDS),
  ownerId: fc.uuid(),
  rowNo: fc.option(fc.nat()),
  hash: fc.option(fc.constant('ab'.repeat(32))),
});

describe('erasureContent', () => {
  it('is the same in whatever order the rows come', () => {
    const rows = fc.uniqueArray(row, {
      selector: ({ kind, ownerId, rowNo }) => `${kind} ${ownerId} ${rowNo}`,
    });
    fc.assert(
      fc.property(rows, (some) => {
        expect(erasureContent(some.toReversed())).toEqual(erasureContent(some));
      }),
    );
  });

  it('lists by kind, owner and row, rows as numbers and all rows first', () => {
    const of = (kind: ErasedRow['kind'], ownerId: string, rowNo: number | null): ErasedRow => ({
      kind,
      ownerId,
      rowNo,
      hash: null,
    });
    const rows = [
      of('snapshot', 'a', 10),
      of('snapshot', 'a', 9),
      of('decision', 'b', 0),
      of('snapshot', 'a', null),
    ];
    expect(erasureContent(rows)).toEqual([
      ['decision', 'b', 0, null],
      ['snapshot', 'a', null, null],
      ['snapshot', 'a', 9, null],
      ['snapshot', 'a', 10, null],
    ]);
  });
});

describe('judgeRequest', () => {
  it('lets whom another asked', () => expect(judgeRequest('carla', 'cees', ['cees'])).toBeNull());
  it('refuses one who asked for it themselves, whoever else did', () =>
    expect(judgeRequest('carla', 'carla', ['carla', 'cees'])?.rule).toBe('ANOTHER_PERSON'));
  it('refuses whom nobody asked', () =>
    expect(judgeRequest('carla', 'cees', ['olga'])?.rule).toBe('REQUESTED'));
});

describe('what stays of a customer', () => {
  const secret = Buffer.alloc(16, 7);

  it('in the log is a name of 22 base64url characters that depends on the secret and the id', () => {
    expect(pseudonymOf(secret, 'c1')).toMatch(/^customer:[A-Za-z0-9_-]{22}$/);
    expect(pseudonymOf(secret, 'c1')).toBe(pseudonymOf(Buffer.alloc(16, 7), 'c1'));
    expect(pseudonymOf(secret, 'c2')).not.toBe(pseudonymOf(secret, 'c1'));
    expect(pseudonymOf(Buffer.alloc(16, 8), 'c1')).not.toBe(pseudonymOf(secret, 'c1'));
  });

  it('after erasure is a tombstone that depends on the key and the id', () => {
    const one = tombstonesOf(signerOf('bank.example', Buffer.alloc(32, 1)));
    const other = tombstonesOf(signerOf('bank.example', Buffer.alloc(32, 2)));
    expect(one('c1')).toHaveLength(32);
    expect(one('c1')).toEqual(tombstonesOf(signerOf('bank.example', Buffer.alloc(32, 1)))('c1'));
    expect(one('c2')).not.toEqual(one('c1'));
    expect(other('c1')).not.toEqual(one('c1'));
  });
});
