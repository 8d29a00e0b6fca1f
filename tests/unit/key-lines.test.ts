import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyLines } from '../../src/domain/key-lines.ts';

const key = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);

/** What a Map of the same keys answers. */
function byMap(keys: readonly string[]): (number | undefined)[] {
  const lines = new Map<string, number>();
  return keys.map((text, line) => {
    const before = lines.get(text);
    if (before === undefined) lines.set(text, line);
    return before;
  });
}

function byKeyLines(keys: readonly string[]): (number | undefined)[] {
  const lines = new KeyLines();
  return keys.map((text, line) => {
    const bytes = Buffer.from(`,${text},`);
    return lines.add(bytes, 1, bytes.length - 1, line);
  });
}

describe('KeyLines', () => {
  it('answers the first line of every key, as a Map does', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 200 }), (keys) => {
        const twice = [...keys, ...keys.toReversed()];
        expect(byKeyLines(twice)).toEqual(byMap(twice));
      }),
      { examples: [[['a', 'aa', 'a', 'b', 'ab', 'ba']]] },
    );
  });

  it('finds every key again among more than it had room for', () => {
    const keys = Array.from({ length: 50_000 }, (_, i) => `c${(i * 7919) % 100_003}`);
    const again = [...keys, 'c-none', ...keys];
    expect(byKeyLines(again)).toEqual(byMap(again));
  });
});
