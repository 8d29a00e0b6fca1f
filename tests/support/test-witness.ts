import { hash, type KeyObject, sign } from 'node:crypto';
import { cosignedText, parseWitness, type Witness } from '../../src/audit/cosignature.ts';
import { signerOf } from '../../src/audit/signed-note.ts';

/** A witness whose key the test has. */
export interface TestWitness {
  readonly witness: Witness;
  readonly key: KeyObject;
  /** The line that the witness answers to the text of a checkpoint. */
  cosign(text: string, seconds: number): string;
}

export function witnessOf(name: string, seed: number): TestWitness {
  const { key, verifier } = signerOf(name, new Uint8Array(32).fill(seed));
  const material = Buffer.from(verifier.text.split('+').slice(2).join('+'), 'base64');
  material[0] = 4;
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), material]), 'hex').slice(0, 8);
  const witness = parseWitness(`${name}+${id}+${material.toString('base64')}`);
  if (witness === undefined) throw new Error('no witness');
  return {
    witness,
    key,
    cosign(text, seconds) {
      const time = Buffer.alloc(8);
      time.writeBigUInt64BE(BigInt(seconds));
      const signature = sign(null, Buffer.from(cosignedText(text, seconds)), key);
      return `— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), time, signature]).toString('base64')}\n`;
    },
  };
}
