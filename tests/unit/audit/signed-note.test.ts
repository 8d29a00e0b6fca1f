import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isSignedBy,
  type NoteSigner,
  type NoteVerifier,
  parseNote,
  parseSigner,
  parseVerifier,
  signerOf,
  signNote,
} from '../../../src/audit/signed-note.ts';

// Values of golang.org/x/mod/sumdb/note's own tests.
const SKEY = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const ENOCH = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const ENOCH_LINE =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

function signer(text: string): NoteSigner {
  return parseSigner(text) ?? expect.fail('no signer');
}

function verifier(text: string): NoteVerifier {
  return parseVerifier(text) ?? expect.fail('no verifier');
}

function signedBy(note: string, key: NoteVerifier): boolean {
  const parsed = parseNote(note);
  return parsed !== undefined && isSignedBy(parsed, key);
}

/** Everything that is left of a text when something is cut from its ends, and every text with one character changed. */
function manglings(text: string): string[] {
  const result: string[] = [];
  for (let from = 0; from <= text.length; from++) {
    for (let to = from + 1; to <= text.length; to++) {
      if (from > 0 || to < text.length) result.push(text.slice(from, to));
    }
  }
  for (let at = 0; at < text.length; at++) {
    const next = String.fromCharCode(text.charCodeAt(at) + 1);
    result.push(text.slice(0, at) + next + text.slice(at + 1));
  }
  return result;
}

describe('keys', () => {
  it('are read as they are written, and nothing else is', () => {
    expect(signer(SKEY).text).toBe(SKEY);
    expect(signer(SKEY).verifier.text).toBe(VKEY);
    expect(verifier(VKEY)).toMatchObject({ name: 'PeterNeumann', keyId: 0xc74f20a3, text: VKEY });
    expect(manglings(VKEY).filter((text) => parseVerifier(text) !== undefined)).toEqual([]);
    expect(manglings(SKEY).filter((text) => parseSigner(text) !== undefined)).toEqual([]);
    // Wrong length and unknown algorithm, each with the key id to match.
    expect(
      parseVerifier('PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=='),
    ).toBeUndefined();
    expect(
      parseVerifier('PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'),
    ).toBeUndefined();
  });

  it('are made of a name and a seed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
        const made = signerOf('bank.example/waarom', seed);
        expect(parseSigner(made.text)?.verifier.text).toBe(made.verifier.text);
        const note = signNote('hi\n', [made]);
        expect(signedBy(note, verifier(made.verifier.text))).toBe(true);
      }),
      { numRuns: 20 },
    );
    for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u00a0b', 'a\ud800']) {
      expect(() => signerOf(name, new Uint8Array(32))).toThrow(RangeError);
    }
    expect(() => signerOf('a', new Uint8Array(31))).toThrow(RangeError);
  });
});

describe('signNote', () => {
  it('writes the published note, byte for byte', () => {
    expect(signNote(TEXT, [signer(SKEY)])).toBe(`${TEXT}\n${PETER_LINE}`);
  });

  it('refuses a text that is not lines', () => {
    for (const text of ['', 'abc', 'a\tb\n', 'a\r\n', 'a\ud800\n']) {
      expect(() => signNote(text, [signer(SKEY)])).toThrow(RangeError);
    }
  });
});

describe('isSignedBy', () => {
  const both = `${TEXT}\n${PETER_LINE}${ENOCH_LINE}`;

  it('knows each signer of a note with two, and no other', () => {
    expect(signedBy(both, verifier(VKEY))).toBe(true);
    expect(signedBy(both, verifier(ENOCH))).toBe(true);
    expect(signedBy(both, signerOf('PeterNeumann', new Uint8Array(32)).verifier)).toBe(false);
    expect(signedBy(`${TEXT}\n${ENOCH_LINE}`, verifier(VKEY))).toBe(false);
  });

  it('refuses every note with a character changed', () => {
    const note = `${TEXT}\n${PETER_LINE}`;
    const accepted = Array.from(note, (_, at) => at).filter((at) => {
      const changed = String.fromCharCode(note.charCodeAt(at) ^ 1);
      return signedBy(note.slice(0, at) + changed + note.slice(at + 1), verifier(VKEY));
    });
    expect(accepted).toEqual([]);
  });

  it('refuses a note with one right and one wrong signature of the same key', () => {
    const wrong = signNote('other\n', [signer(SKEY)]).split('\n\n')[1]!;
    expect(signedBy(`${TEXT}\n${PETER_LINE}${wrong}`, verifier(VKEY))).toBe(false);
  });
});

describe('parseNote', () => {
  it('takes the text up to the last empty line', () => {
    const text = 'a\n\nb\n';
    expect(parseNote(signNote(text, [signer(SKEY)]))?.text).toBe(text);
  });

  it.each([
    ['nothing', ''],
    ['no signature', `${TEXT}\n`],
    ['no empty line', `${TEXT}${PETER_LINE}`],
    ['no last newline', `${TEXT}\n${PETER_LINE.trimEnd()}`],
    ['a control character', `a\u0001b\n\n${PETER_LINE}`],
    ['a lone surrogate', `a\ud800\n\n${PETER_LINE}`],
    ['a hyphen for a dash', `${TEXT}\n${PETER_LINE.replace('—', '-')}`],
    ['two spaces', `${TEXT}\n${PETER_LINE.replace('Neumann ', 'Neumann  ')}`],
    ['base64 without its end', `${TEXT}\n${PETER_LINE.replace('=', '')}`],
    ['a signature of nothing', `${TEXT}\n— PeterNeumann x08gow==\n`],
    ['101 signatures', `${TEXT}\n${PETER_LINE.repeat(101)}`],
  ])('refuses %s', (_, note) => {
    expect(parseNote(note)).toBeUndefined();
  });

  it('answers for any text', () => {
    const piece = fc.constantFrom('\n', '\n\n', '— ', ' ', 'a', '+', PETER_LINE, TEXT, '\ud800', '=');
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        (note) => {
          const parsed = parseNote(note);
          if (parsed !== undefined) expect(note.startsWith(`${parsed.text}\n— `)).toBe(true);
        },
      ),
    );
  });
});
