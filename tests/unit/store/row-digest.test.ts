import { describe, expect, it } from 'vitest';
import { writeLeafHash } from '../../../src/audit/merkle.ts';
import { type Decision, leafText } from '../../../src/domain/decision.ts';
import { CopyEncoder } from '../../../src/store/copy-encoder.ts';
import { writeDecision } from '../../../src/store/decision-codec.ts';
import { BLOCK_LEAVES, DecisionLeaves } from '../../../src/store/decision-leaves.ts';
import { digestChunks } from '../../../src/store/row-digest.ts';

const RUN = Buffer.alloc(16, 7);
const SALT_BYTES = 16;
const ROWS = 2 * BLOCK_LEAVES + 5;
const salts = Buffer.from(Array.from({ length: ROWS * SALT_BYTES }, (_, at) => at % 251));

const decisions = Array.from({ length: ROWS }, (_, row): Decision => {
  const customer = `c${row}`;
  const rank = row + 1;
  if (row % 3 === 0)
    return {
      customer,
      outcome: 'NOT_ELIGIBLE',
      arm: null,
      reasons: ['NO_OPT_IN', 'DECEASED'],
      score: null,
      rank: null,
    };
  if (row % 3 === 1)
    return { customer, outcome: 'MAIL', arm: 'MODEL', reasons: ['ABOVE_THRESHOLD'], score: 1 / rank, rank };
  return {
    customer,
    outcome: 'NOT_CHOSEN',
    arm: null,
    reasons: ['BELOW_THRESHOLD'],
    score: 1e-7 / rank,
    rank,
  };
});

/** The decisions as they go to the server, so many rows a chunk. */
function chunksOf(rowsAtOnce: number): Buffer[] {
  const encoder = new CopyEncoder();
  const chunks: Buffer[] = [];
  for (const [row, decision] of decisions.entries()) {
    writeDecision(encoder, RUN, row, decision, salts);
    if (row % rowsAtOnce === rowsAtOnce - 1) chunks.push(encoder.take());
  }
  return [...chunks, encoder.end()];
}

function expectedHashes(): Buffer {
  const hashes = Buffer.alloc(ROWS * 32);
  for (const [row, decision] of decisions.entries()) {
    const salt = salts.toString('hex', row * SALT_BYTES, (row + 1) * SALT_BYTES);
    writeLeafHash(hashes, row, leafText(row, decision, salt));
  }
  return hashes;
}

function digested(chunks: readonly Buffer[]): readonly Uint8Array[] {
  const leaves = new DecisionLeaves();
  const take = digestChunks(leaves);
  for (const chunk of chunks) take(chunk);
  return leaves.end();
}

describe('digestChunks', () => {
  it.each([
    ['one chunk', ROWS + 1],
    ['two chunks', ROWS - 1],
    ['many chunks', 100],
  ])('hashes the leaves of decisions out of %s', (_, rowsAtOnce) => {
    const blocks = digested(chunksOf(rowsAtOnce));
    expect(Buffer.concat(blocks).equals(expectedHashes())).toBe(true);
    expect(blocks.map(({ length }) => length / 32)).toEqual([BLOCK_LEAVES, BLOCK_LEAVES, 5]);
  });

  it('has nothing to tell of no rows', () => {
    expect(digested([new CopyEncoder().end()])).toEqual([]);
  });

  it('throws where a row holds a code that no release ever wrote', () => {
    const [first = Buffer.alloc(0), ...rest] = chunksOf(1000);
    first.writeInt16BE(99, first.indexOf(salts.subarray(0, SALT_BYTES)) + SALT_BYTES + 4);
    expect(() => digested([first, ...rest])).toThrow('a decision holds a code that means nothing');
  });
});
