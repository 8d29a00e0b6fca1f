import { describe, expect, it } from 'vitest';
import { decisionProofFile, verifyDecisionProof } from '../../../src/audit/decision-proof.ts';
import { signerOf } from '../../../src/audit/signed-note.ts';
import { LOG, OTHER_KEY } from '../../support/audit-log.ts';
import { oneCharacterAway, proofFacts } from '../../support/proof-facts.ts';
import { hasPython, runPython } from '../../support/python-verifier.ts';

const KEY = LOG.signer.verifier;
const FACTS = proofFacts();
const FILE = decisionProofFile(FACTS);

const verdict = (text: string, keys = [KEY]) => verifyDecisionProof(Buffer.from(text), keys);
const ruleOf = (text: string, keys = [KEY]) => {
  const found = verdict(text, keys);
  return 'rule' in found ? found.rule : null;
};

/** Of which texts the verifier for auditors says that they prove something. */
function provenInPython(texts: readonly string[], keys = [KEY]): readonly string[] {
  const program = `
keys = [verifier_key(text) for text in given['keys']]
def proves(text):
    try:
        return verify_proof('proof', text.encode(), keys).startswith('PROVEN')
    except (LookupError, TypeError, ValueError):
        return False
print(json.dumps([text for text in given['texts'] if proves(text)]))`;
  return JSON.parse(runPython(program, { keys: keys.map(({ text }) => text), texts }));
}

describe('a proof file', () => {
  it('is one line that proves a decision to whoever has the key', () => {
    expect(FILE).toMatch(/^\{"checkpoint":[^\n]*\}\n$/);
    expect(verdict(FILE, [OTHER_KEY.verifier, KEY])).toEqual({
      campaign: 'investing-retail',
      week: '2026-W47',
      runId: '0199a1b2-7c00-7000-8000-000000000001',
      recordedAt: '2026-11-16T09:30:00.125Z',
      leaf: FACTS.decision.leaf,
      checkpoint: { origin: LOG.origin, size: 41 },
      signedBy: KEY.text,
    });
  });

  it('proves wherever the decision and the entry are', () => {
    const places = [0, 1, 127, 128, 255, 256, 298, 299];
    const files = places.map((row, at) => decisionProofFile(proofFacts(row, [0, 31, 32, 39, 40][at % 5])));
    expect(files.map((file) => ruleOf(file))).toEqual(places.map(() => null));
    if (hasPython) expect(provenInPython(files)).toEqual(files);
  });

  it('fails with any character of it changed', () => {
    const changed = [...oneCharacterAway(FILE)];
    expect(changed.length).toBeGreaterThan(8_000);
    expect(changed.filter((text) => ruleOf(text) === null)).toEqual([]);
  });

  it.skipIf(!hasPython)(
    'fails so before the verifier for auditors too',
    () => {
      expect(provenInPython([FILE, ...oneCharacterAway(FILE)])).toEqual([FILE]);
    },
    120_000,
  );

  const value = JSON.parse(FILE);
  const { decision, entry, checkpoint } = value;
  const text = (change: object) => `${JSON.stringify({ ...value, ...change })}\n`;
  it.each([
    ['cut short', FILE.slice(0, -1)],
    ['longer', `${FILE}\n`],
    ['empty', ''],
    ['no object', '[]\n'],
    ['written otherwise', `${JSON.stringify(value, null, 1)}\n`],
    ['with a member more', text({ note: '' })],
    ['of a member less', text({ entry: { ...entry, path: undefined } })],
    ['of another size', text({ decision: { ...decision, size: 301 } })],
    ['of another row', text({ decision: { ...decision, index: 170 } })],
    ['with a number as a text', text({ decision: { ...decision, index: '171' } })],
    ['with a path that is longer', text({ entry: { ...entry, path: [...entry.path, entry.path[0]] } })],
    ['with a path that is shorter', text({ decision: { ...decision, path: decision.path.slice(1) } })],
    ['with a hash that is shorter', text({ entry: { ...entry, path: ['AAAA', ...entry.path.slice(1)] } })],
    ['with the entry of another', text({ entry: { ...entry, index: 21 } })],
    ['with a line that nobody verifies', text({ checkpoint: `${checkpoint}— else.example AAAAAAAA\n` })],
    ['signed by others too', withOthers()],
  ])('fails when it is %s', (_, file) => {
    expect(ruleOf(file)).not.toBeNull();
    if (hasPython) expect(provenInPython([file])).toEqual([]);
  });

  it('fails without the key of its log', () => {
    const elsewhere = signerOf('else.example', new Uint8Array(32).fill(7)).verifier;
    for (const keys of [[OTHER_KEY.verifier], [elsewhere], []]) {
      expect(ruleOf(FILE, keys)).toBe('UNSIGNED');
      if (hasPython) expect(provenInPython([FILE], keys)).toEqual([]);
    }
  });

  it('is not written of facts that prove nothing', () => {
    const other = proofFacts(12);
    expect(() =>
      decisionProofFile({ ...FACTS, decision: { ...other.decision, path: FACTS.decision.path } }),
    ).toThrow('does not prove the decision');
    expect(() => decisionProofFile({ ...FACTS, checkpoint: '' })).toThrow('does not prove the decision');
  });
});

function withOthers(): string {
  return decisionProofFile(proofFacts(171, 22, [LOG.signer, OTHER_KEY]));
}
