import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hasPython, runPython } from '../../support/python-verifier.ts';
import { hasVectors, readVector } from './vectors.ts';

interface Vector {
  readonly number: number;
  readonly key: string;
  readonly sig: string;
  readonly msg: string;
  readonly flags: readonly string[] | null;
}

/** What RFC 8032 leaves open or forbids, and how this verifier takes it. */
function refusedOf(vectors: readonly Vector[], flags: readonly string[]): number[] {
  return vectors.filter((one) => flags.some((flag) => one.flags?.includes(flag))).map(({ number }) => number);
}

describe.skipIf(!hasVectors)('the 914 published edge cases of Ed25519', () => {
  const vectors: readonly Vector[] = hasVectors
    ? JSON.parse(readVector('ed25519-cctv/ed25519/ed25519vectors.json').toString())
    : [];

  it('are judged without the cofactor, and by the one spelling of R', () => {
    expect(vectors).toHaveLength(914);
    const refused = vectors.filter(({ key, sig, msg }) => {
      const x = Buffer.from(key, 'hex').toString('base64url');
      const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
      return !verify(null, Buffer.from(msg), publicKey, Buffer.from(sig, 'hex'));
    });
    const wrong = refusedOf(vectors, ['non_canonical_R', 'low_order_residue']);
    // OpenSSL 3.0 takes the points of low order, which no signer makes, and 3.5 refuses them.
    const strict = refusedOf(vectors, ['non_canonical_R', 'low_order_residue', 'low_order_A', 'low_order_R']);
    expect([wrong, strict]).toContainEqual(refused.map(({ number }) => number));
    expect([wrong.length, strict.length]).toEqual([706, 871]);
  });

  it.skipIf(!hasPython)(
    'are judged so by the verifier for auditors, which also wants the one spelling of the key',
    () => {
      const program = `print([one['number'] for one in given if not ed25519_verifies(
      bytes.fromhex(one['key']), one['msg'].encode(), bytes.fromhex(one['sig']))])`;
      expect(JSON.parse(runPython(program, vectors))).toEqual(
        refusedOf(vectors, ['non_canonical_R', 'low_order_residue', 'non_canonical_A']),
      );
    },
  );
});
