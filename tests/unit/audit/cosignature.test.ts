import { hash, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openCheckpoint, signCheckpoint } from '../../../src/audit/checkpoint.ts';
import { addCosignature, cosignedAt, cosignedText, parseWitness } from '../../../src/audit/cosignature.ts';
import { parseNote, parseVerifier, signerOf } from '../../../src/audit/signed-note.ts';
import { type TestWitness, witnessOf } from '../../support/test-witness.ts';

const signer = signerOf('bank.example/waarom', new Uint8Array(32).fill(7));
const checkpoint = { origin: 'bank.example/waarom', size: 3, root: Buffer.alloc(32, 9) };
const NOTE = signCheckpoint(checkpoint, signer);
const TEXT = parseNote(NOTE)!.text;
const witness = witnessOf('witness.example/w1', 1);
const other = witnessOf('witness.example/w2', 2);

const at = (note: string, { witness }: TestWitness) => cosignedAt(parseNote(note)!, witness);

describe('a witness', () => {
  it('is known by a key of signature type 4 whose id is that of the specification', () => {
    // A key of a witness that others run.
    const published = 'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2';
    expect(parseWitness(published)?.verifier).toMatchObject({ name: 'remora.n621.de', text: published });
    expect(parseWitness(published.replace('da77', 'da78'))).toBeUndefined();
    expect(parseVerifier(published)).toBeUndefined();
    expect(parseWitness(signer.verifier.text)).toBeUndefined();
    const [name, id, key] = witness.witness.verifier.text.split('+');
    const preimage = Buffer.concat([Buffer.from(`${name}\n`), Buffer.from(key!, 'base64')]);
    expect(hash('sha256', preimage, 'hex').slice(0, 8)).toBe(id);
  });

  it('signs the instant and the whole text', () => {
    expect(cosignedText('example.com/behind-the-sofa\n20852163\nCsUY=\n', 1679315147)).toBe(
      'cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUY=\n',
    );
  });
});

describe('addCosignature', () => {
  it('leaves the checkpoint what it was and says when it was cosigned, by each witness', () => {
    const one = addCosignature(NOTE, witness.cosign(TEXT, 1_795_000_000), witness.witness)!;
    const both = addCosignature(one, other.cosign(TEXT, 1_795_000_060), other.witness)!;
    expect(both.startsWith(NOTE)).toBe(true);
    expect(openCheckpoint(both, signer.verifier)).toEqual(checkpoint);
    expect(at(both, witness)).toBe(1_795_000_000);
    expect(at(both, other)).toBe(1_795_000_060);
    const again = addCosignature(both, witness.cosign(TEXT, 1_795_000_100), witness.witness)!;
    expect(at(again, witness)).toBe(1_795_000_100);
  });

  it('takes the line with or without its end', () => {
    const line = witness.cosign(TEXT, 5);
    expect(addCosignature(NOTE, line.trimEnd(), witness.witness)).toBe(
      addCosignature(NOTE, line, witness.witness),
    );
  });

  it.each([
    ['of another witness', other.cosign(TEXT, 5)],
    ['of another checkpoint', witness.cosign(TEXT.replace('\n3\n', '\n4\n'), 5)],
    ['of another instant', retimed(witness.cosign(TEXT, 5))],
    ['without its instant', `— witness.example/w1 ${Buffer.alloc(68).toString('base64')}\n`],
    ['that signs the text as the log does', plainLine(witness)],
    ['beyond the numbers', witness.cosign(TEXT, 2 ** 60)],
    ['that is no line', 'hello'],
    ['that ends the note and begins another', `\nmore\n\n${witness.cosign(TEXT, 5)}`],
    ['that is nothing', ''],
  ])('refuses what is a cosignature %s', (_, line) => {
    expect(addCosignature(NOTE, line, witness.witness)).toBeUndefined();
  });

  it('refuses a note that is none, and every cosignature with a bit turned', () => {
    const line = witness.cosign(TEXT, 5);
    expect(addCosignature('hello\n', line, witness.witness)).toBeUndefined();
    const [dash, name, base64] = line.trimEnd().split(' ');
    const accepted = Array.from({ length: 8 * 76 }, (_, bit) => {
      const bytes = Buffer.from(base64!, 'base64');
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      return addCosignature(NOTE, `${dash} ${name} ${bytes.toString('base64')}\n`, witness.witness);
    }).filter((note) => note !== undefined);
    expect(accepted).toEqual([]);
  });
});

describe('cosignedAt', () => {
  it('is nothing where the witness did not cosign, and spoilt by one that does not verify', () => {
    expect(at(NOTE, witness)).toBeNull();
    const good = `${NOTE}${witness.cosign(TEXT, 5)}`;
    expect(at(good, other)).toBeNull();
    expect(at(`${good}${retimed(witness.cosign(TEXT, 6))}`, witness)).toBeUndefined();
  });
});

function retimed(line: string): string {
  const [dash, name, base64] = line.trimEnd().split(' ');
  const bytes = Buffer.from(base64!, 'base64');
  bytes.writeBigUInt64BE(99n, 4);
  return `${dash} ${name} ${bytes.toString('base64')}\n`;
}

function plainLine({ key, witness: { verifier } }: TestWitness): string {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(verifier.keyId);
  const signature = sign(null, Buffer.from(TEXT), key);
  return `— ${verifier.name} ${Buffer.concat([bytes, signature]).toString('base64')}\n`;
}
