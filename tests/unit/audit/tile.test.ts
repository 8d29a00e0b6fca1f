import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleContent, parseBundle, parseTilePath, partialTile, tilePath } from '../../../src/audit/tile.ts';

describe('tilePath', () => {
  it.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 0, width: 1 }, 'tile/0/000.p/1'],
    [{ level: 1, index: 999, width: 255 }, 'tile/1/999.p/255'],
    [{ level: 2, index: 1000, width: 256 }, 'tile/2/x001/000'],
    [{ level: 'entries', index: 1234067, width: 256 }, 'tile/entries/x001/x234/067'],
    [{ level: 63, index: 1_000_000, width: 7 }, 'tile/63/x001/x000/000.p/7'],
    [
      { level: 'entries', index: Number.MAX_SAFE_INTEGER, width: 3 },
      'tile/entries/x009/x007/x199/x254/x740/991.p/3',
    ],
  ] as const)('of %j is %s, and is read as it', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it('is read as the tile for every tile', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 })),
        fc.maxSafeNat(),
        fc.integer({ min: 1, max: 256 }),
        (level, index, width) => {
          const tile = { level, index, width };
          expect(parseTilePath(tilePath(tile))).toEqual(tile);
        },
      ),
    );
  });
});

describe('parseTilePath', () => {
  it.each([
    '',
    'tile/0/00',
    'tile/0/0000',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/entry/000',
    'tile/0/x000/001',
    'tile/0/x001/x000',
    'tile/0/001/000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/300',
    'tile/0/000.p/01',
    'tile/0/000.p',
    'tile/0/000.p/',
    'tile/0/x001/000/',
    '/tile/0/000',
    'tile/0/../000',
    'tile/0/x010/x007/x199/x254/x740/991',
  ])('refuses %j', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it('answers for any text', () => {
    const piece = fc.constantFrom(
      'tile',
      '/',
      'entries',
      'x',
      '0',
      '1',
      '25',
      '000',
      '.p/',
      '.p',
      '\n',
      '9',
      '',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => `tile/${pieces.join('')}`),
        ),
        (path) => {
          const tile = parseTilePath(path);
          if (tile !== undefined) expect(tilePath(tile)).toBe(path);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('partialTile', () => {
  it('is that of the published example, 70,000 entries', () => {
    expect([0, 1, 2, 3].map((level) => partialTile(level, 70_000))).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
      undefined,
    ]);
    expect([0, 1, 2].map((level) => partialTile(level, 256))).toEqual([
      undefined,
      { level: 1, index: 0, width: 1 },
      undefined,
    ]);
  });
});

describe('a bundle', () => {
  const bytes = fc.uint8Array({ maxLength: 20 });

  it('gives its entries back', () => {
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 256 }), (entries) => {
        expect(parseBundle(bundleContent(entries))?.map((entry) => [...entry])).toEqual(
          entries.map((entry) => [...entry]),
        );
      }),
    );
    const longest = Buffer.alloc(65_535, 1);
    expect(parseBundle(bundleContent([longest]))).toEqual([longest]);
  });

  it('holds 1 to 256 entries, each of less than 64 KiB', () => {
    expect(() => bundleContent([])).toThrow(RangeError);
    expect(() => bundleContent(Array.from({ length: 257 }, () => Buffer.alloc(1)))).toThrow(RangeError);
    expect(() => bundleContent([Buffer.alloc(65_536)])).toThrow(RangeError);
    expect(parseBundle(Buffer.alloc(2 * 256))).toHaveLength(256);
    expect(parseBundle(Buffer.alloc(2 * 257))).toBeUndefined();
  });

  it('is exactly its bytes: none can be missing or too many', () => {
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 5 }), (entries) => {
        const content = bundleContent(entries);
        expect(parseBundle(Buffer.concat([content, Buffer.of(1)]))).toBeUndefined();
        const cut = parseBundle(content.subarray(0, -1));
        // What is left may be a bundle of fewer entries where the last one was empty and its length is gone.
        if (cut !== undefined)
          expect(Buffer.from(bundleContent(cut))).toEqual(Buffer.from(content.subarray(0, -1)));
      }),
    );
  });

  it('is read from any bytes as what would be written, or not at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (content) => {
        const entries = parseBundle(content);
        if (entries !== undefined) expect(Buffer.from(bundleContent(entries))).toEqual(Buffer.from(content));
      }),
      { numRuns: 1000 },
    );
  });
});
