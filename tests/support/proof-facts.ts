import { signCheckpoint } from '../../src/audit/checkpoint.ts';
import type { DecisionProofFacts } from '../../src/audit/decision-proof.ts';
import { entryBytes } from '../../src/audit/entry.ts';
import { merklePath, merkleRoot, writeLeafHash, writeLeafHashOf } from '../../src/audit/merkle.ts';
import { HASH_SIZE } from '../../src/audit/tlog.ts';
import { leafText } from '../../src/domain/decision.ts';
import { entryOf, LOG } from './audit-log.ts';

const DECISIONS = 300;
const ENTRIES = 41;

/** What proves the decision in a row of 300, of which the log of 41 entries speaks in entry `index`; without a database. */
export function proofFacts(row = 171, index = 22, signers = [LOG.signer]): DecisionProofFacts {
  const leaf = (place: number) =>
    leafText(
      place,
      {
        customer: `c${place}`,
        outcome: 'MAIL',
        arm: 'MODEL',
        reasons: ['ABOVE_THRESHOLD'],
        score: 0.7319287657737732,
        rank: place + 1,
      },
      `${place}`.padStart(32, 'a1'),
    );
  const decisions = Buffer.alloc(DECISIONS * HASH_SIZE);
  for (let place = 0; place < DECISIONS; place++) writeLeafHash(decisions, place, leaf(place));
  const decided = entryBytes(
    entryOf({
      action: 'run.decide',
      subject: '0199a1b2-7c00-7000-8000-000000000001',
      digest: `sha256:${'4b'.repeat(32)}`,
      details: {
        week: '2026-W47',
        considered: DECISIONS,
        decisionRoot: `sha256:${Buffer.from(merkleRoot(decisions)).toString('hex')}`,
      },
    }),
  );
  const bytesOf = (place: number) =>
    place === index ? decided : entryBytes(entryOf({ subject: `${place}` }));
  const entries = Buffer.alloc(ENTRIES * HASH_SIZE);
  for (let place = 0; place < ENTRIES; place++) writeLeafHashOf(entries, place, bytesOf(place));
  const checkpoint = { origin: LOG.origin, size: ENTRIES, root: merkleRoot(entries) };
  const [note = '', ...others] = signers.map((signer) => signCheckpoint(checkpoint, signer));
  return {
    decision: { leaf: leaf(row), index: row, size: DECISIONS, path: merklePath(decisions, row) },
    entry: { bytes: decided, index, path: merklePath(entries, index) },
    checkpoint: note + others.map((other) => other.split('\n\n')[1]).join(''),
  };
}

/** Every text that is one character away: each digit as every other digit, each other character as four others. */
export function* oneCharacterAway(text: string): Generator<string> {
  for (const [at, was] of [...text].entries()) {
    const others = /\d/.test(was) ? '0123456789A' : `0${was.toUpperCase()}${was.toLowerCase()}${next(was)}"`;
    for (const other of new Set(others)) {
      if (other !== was) yield text.slice(0, at) + other + text.slice(at + 1);
    }
  }
}

/** The next character of the code: the last bit of base64 differs. */
function next(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) ^ 1);
}
