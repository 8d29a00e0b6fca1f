import { canonicalBytes, parseCanonical } from './canonical-json.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { parseEntry } from './entry.ts';
import { checkInclusion } from './proof.ts';
import { isSignedBy, type NoteVerifier, parseNote } from './signed-note.ts';
import { HASH_SIZE, leafHash } from './tlog.ts';

// The file that proves one decision to whoever has the log's verifier key: from the decision's leaf over the root of its
// run, which an entry of the log names, to a checkpoint that the log signed. One line of RFC 8785 JSON; all of it is bound.

const FORMAT = 'decision-proof/1';
const LEAF_FORMAT = 'decision/1';
const NEWLINE = 0x0a;
const ROOT = /^sha256:([0-9a-f]{64})$/;

/** What a proof file is made of. */
export interface DecisionProofFacts {
  /** The decision as it was hashed (domain/decision.ts), and where it is among the `size` decisions of its run. */
  readonly decision: {
    readonly leaf: string;
    readonly index: number;
    readonly size: number;
    readonly path: readonly Uint8Array[];
  };
  /** The entry of the log that names the root over the run's decisions, and where it is in the log. */
  readonly entry: {
    readonly bytes: Uint8Array;
    readonly index: number;
    readonly path: readonly Uint8Array[];
  };
  /** The signed note over a log that holds the entry. */
  readonly checkpoint: string;
}

/** What a proof file proves: that this was decided, and recorded before the log was signed at that size. */
export interface ProvenDecision {
  readonly campaign: string;
  readonly week: string;
  readonly runId: string;
  /** When the run's decisions were recorded, as the entry says. */
  readonly recordedAt: string;
  /** The decision as it was hashed. */
  readonly leaf: string;
  readonly checkpoint: { readonly origin: string; readonly size: number };
  /** The key that signed the checkpoint. */
  readonly signedBy: string;
}

export type DecisionProofRule =
  | 'UNREADABLE'
  | 'DECISION'
  | 'ENTRY'
  | 'ROW'
  | 'DECISION_PATH'
  | 'CHECKPOINT'
  | 'ENTRY_PATH'
  | 'UNSIGNED';

/** The first thing in a proof file that fails. */
export interface DecisionProofFault {
  readonly rule: DecisionProofRule;
  readonly message: string;
}

/** The text of a proof file. Throws where the facts do not hang together: the record is then not what was recorded. */
export function decisionProofFile({ decision, entry, checkpoint }: DecisionProofFacts): string {
  const base64 = (hashes: readonly Uint8Array[]) =>
    hashes.map((hash) => Buffer.from(hash).toString('base64'));
  const value = {
    format: FORMAT,
    decision: { ...decision, path: base64(decision.path) },
    entry: { ...entry, bytes: Buffer.from(entry.bytes).toString('base64'), path: base64(entry.path) },
    checkpoint,
  };
  const content = Buffer.concat([canonicalBytes(value), Buffer.of(NEWLINE)]);
  const found = readProof(content);
  if ('rule' in found) throw new Error(`the record does not prove the decision: ${found.message}`);
  return content.toString();
}

/** Verifies a proof file with the log's keys alone: answers what it proves, or the first thing that fails. */
export function verifyDecisionProof(
  content: Uint8Array,
  keys: readonly NoteVerifier[],
): ProvenDecision | DecisionProofFault {
  const found = readProof(content);
  if ('rule' in found) return found;
  const { note, ...proven } = found;
  // A line that nobody verifies could be changed: the log's own is the only one.
  if (note.signatures.length !== 1) return fault('UNSIGNED', 'others signed the checkpoint too');
  const key = keys.find((one) => one.name === proven.checkpoint.origin && isSignedBy(note, one));
  if (key === undefined) return fault('UNSIGNED', 'no given key signed the checkpoint as its log');
  return { ...proven, signedBy: key.text };
}

/** All that can be said of a proof file without a key. */
function readProof(content: Uint8Array) {
  const facts = parseProof(content);
  if (facts === undefined) return fault('UNREADABLE', `it is not a file of ${FORMAT}`);
  const { decision, entry } = facts;
  const row = rowOf(decision.leaf);
  if (row === undefined) return fault('DECISION', 'the leaf is not a decision');
  const said = parseEntry(entry.bytes);
  const { week, decisionRoot, considered } = said?.details ?? {};
  const [, root] = ROOT.exec(`${decisionRoot}`) ?? [];
  const { campaign = null, subject: runId = null } = said ?? {};
  if (said?.action !== 'run.decide' || said.refusal !== null || root === undefined)
    return fault('ENTRY', 'the entry is not that of the decisions of a run');
  if (campaign === null || runId === null || typeof week !== 'string')
    return fault('ENTRY', 'the entry does not say which run');
  if (row !== decision.index || considered !== decision.size)
    return fault('ROW', 'the place of the decision is not that which was recorded');
  const { index, size, path } = decision;
  if (!checkInclusion(index, size, leafHash(Buffer.from(decision.leaf)), path, Buffer.from(root, 'hex')))
    return fault('DECISION_PATH', 'the decision is not among those of the run');
  const note = parseNote(facts.checkpoint);
  const checkpoint = parseCheckpoint(note?.text ?? '');
  if (note === undefined || checkpoint === undefined)
    return fault('CHECKPOINT', 'the checkpoint is not readable');
  if (!checkInclusion(entry.index, checkpoint.size, leafHash(entry.bytes), entry.path, checkpoint.root))
    return fault('ENTRY_PATH', 'the entry is not in the log of the checkpoint');
  const { origin, size: logged } = checkpoint;
  const recorded = { campaign, week, runId, recordedAt: said.at, leaf: decision.leaf };
  return { ...recorded, checkpoint: { origin, size: logged }, note };
}

/** The row that a decision's leaf says; undefined where it is none. */
function rowOf(leaf: string): unknown {
  const said = parseCanonical(Buffer.from(leaf));
  return Array.isArray(said) && said[0] === LEAF_FORMAT ? said[1] : undefined;
}

/** Strict: only what decisionProofFile writes, byte for byte. */
function parseProof(content: Uint8Array): DecisionProofFacts | undefined {
  if (content.at(-1) !== NEWLINE) return undefined;
  const file = membersOf(parseCanonical(content.subarray(0, -1)), 'checkpoint decision entry format');
  const decision = membersOf(file?.decision, 'index leaf path size');
  const entry = membersOf(file?.entry, 'bytes index path');
  if (file?.format !== FORMAT || typeof file.checkpoint !== 'string') return undefined;
  const [decided, logged] = [pathOf(decision?.path), pathOf(entry?.path)];
  const bytes = bytesOf(entry?.bytes);
  if (typeof decision?.leaf !== 'string' || typeof decision.index !== 'number') return undefined;
  if (typeof decision.size !== 'number' || typeof entry?.index !== 'number') return undefined;
  if (decided === undefined || logged === undefined || bytes === undefined) return undefined;
  return {
    decision: { leaf: decision.leaf, index: decision.index, size: decision.size, path: decided },
    entry: { bytes, index: entry.index, path: logged },
    checkpoint: file.checkpoint,
  };
}

/** The members of an object that has exactly these, named in alphabetical order. */
function membersOf(value: unknown, names: string): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.keys(value).join(' ') === names ? { ...value } : undefined;
}

function pathOf(value: unknown): readonly Uint8Array[] | undefined {
  const hashes = Array.isArray(value) ? value.map(bytesOf) : [undefined];
  return hashes.every((hash) => hash?.length === HASH_SIZE)
    ? hashes.filter((hash) => hash !== undefined)
    : undefined;
}

/** Strict: other spellings of the same bytes are refused. */
function bytesOf(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string') return undefined;
  const bytes = Buffer.from(value, 'base64');
  return bytes.toString('base64') === value ? bytes : undefined;
}

function fault(rule: DecisionProofRule, message: string): DecisionProofFault {
  return { rule, message };
}
