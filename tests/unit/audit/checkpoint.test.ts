import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCheckpoint, parseCheckpoint, signCheckpoint } from '../../../src/audit/checkpoint.ts';
import { parseSigner, parseVerifier, signerOf, signNote } from '../../../src/audit/signed-note.ts';
import { Frontier, leafHash } from '../../../src/audit/tlog.ts';
import { hasVectors, readVector } from './vectors.ts';

// The published key of Tessera's test log.
const KEY = 'PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg';
const VKEY = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
const ROOT = 'Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=';

const signer = signerOf('bank.example/waarom', new Uint8Array(32).fill(7));
const checkpoint = { origin: 'bank.example/waarom', size: 3, root: Buffer.from(ROOT, 'base64') };

describe.skipIf(!hasVectors)('a log that others made', () => {
  it('is rebuilt byte for byte: 16 checkpoints over the entries of the largest bundle', () => {
    const key = parseSigner(KEY) ?? expect.fail('no signer');
    expect(key.verifier.text).toBe(VKEY);
    const bundle = readVector('tessera-testlog/testdata/log/tile/entries/000.p/15');
    const tree = Frontier.empty();
    let offset = 0;
    for (let size = 0; size <= 15; size++) {
      const published = readVector(`tessera-testlog/testdata/log/checkpoint.${size}`).toString();
      const head = { origin: 'example.com/log/testdata', size, root: tree.root() };
      expect(signCheckpoint(head, key)).toBe(published);
      expect(openCheckpoint(published, key.verifier)).toEqual({ ...head, root: Buffer.from(head.root) });
      if (size === 15) break;
      const length = bundle.readUInt16BE(offset);
      const leaf = leafHash(bundle.subarray(offset + 2, offset + 2 + length));
      tree.append(leaf);
      const tile = readVector(`tessera-testlog/testdata/log/tile/0/000.p/${size + 1}`);
      expect(tile.subarray(-32)).toEqual(leaf);
      offset += 2 + length;
    }
    expect(offset).toBe(bundle.length);
  });
});

describe('openCheckpoint', () => {
  it('reads what was signed', () => {
    expect(openCheckpoint(signCheckpoint(checkpoint, signer), signer.verifier)).toEqual(checkpoint);
  });

  it('refuses another key, and another key of the same name', () => {
    const note = signCheckpoint(checkpoint, signer);
    const other = signerOf('bank.example/waarom', new Uint8Array(32).fill(8));
    expect(openCheckpoint(note, other.verifier)).toBeUndefined();
    expect(openCheckpoint(note, parseVerifier(VKEY) ?? expect.fail('no verifier'))).toBeUndefined();
  });

  it('refuses a signed text that is no checkpoint', () => {
    expect(openCheckpoint(signNote('hello\n', [signer]), signer.verifier)).toBeUndefined();
  });
});

describe('parseCheckpoint', () => {
  it('allows extension lines', () => {
    expect(parseCheckpoint(`a\n3\n${ROOT}\nmore\nand more\n`)).toMatchObject({ origin: 'a', size: 3 });
  });

  it.each([
    ['nothing', ''],
    ['no origin', `\n3\n${ROOT}\n`],
    ['no size', `a\n\n${ROOT}\n`],
    ['a size with a zero before', `a\n03\n${ROOT}\n`],
    ['a negative size', `a\n-3\n${ROOT}\n`],
    ['a hexadecimal size', `a\n0x3\n${ROOT}\n`],
    ['a size beyond 2^53', `a\n9007199254740993\n${ROOT}\n`],
    ['half a root', 'a\n3\nWqx3HImawpLnS/Gv4ubjAg==\n'],
    ['another spelling of the root', `a\n3\n${ROOT.replace('Kk=', 'Kl=')}\n`],
    ['no newline at the end', `a\n3\n${ROOT}`],
    ['an empty extension line', `a\n3\n${ROOT}\n\nb\n`],
  ])('refuses %s', (_, text) => {
    expect(parseCheckpoint(text)).toBeUndefined();
  });
});

describe('parsing', () => {
  it('answers for any text with what it says, and nothing else', () => {
    const piece = fc.constantFrom(
      'a',
      '\n',
      '3',
      '0',
      '03',
      '-1',
      `${ROOT}`,
      '=',
      '+',
      ' ',
      '\n\n',
      '9007199254740993',
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        (text) => {
          const parsed = parseCheckpoint(text);
          if (parsed === undefined) return;
          const root = Buffer.from(parsed.root).toString('base64');
          expect(text.startsWith(`${parsed.origin}\n${parsed.size}\n${root}\n`)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.nat(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (size, root) => {
        const read = openCheckpoint(signCheckpoint({ ...checkpoint, size, root }, signer), signer.verifier);
        expect(read).toEqual({ ...checkpoint, size, root: Buffer.from(root) });
      }),
      { numRuns: 50 },
    );
  });
});

describe('signCheckpoint', () => {
  it('refuses an origin that is not one line', () => {
    for (const origin of ['', 'a\nb']) {
      expect(() => signCheckpoint({ ...checkpoint, origin }, signer)).toThrow(RangeError);
    }
  });
});
