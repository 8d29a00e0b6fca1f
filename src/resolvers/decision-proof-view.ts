import type { LoggedCheckpoint } from '../audit/log-reads.ts';
import type { AuditCheckpoint, InclusionProof } from '../schema/audit.type.ts';
import type { DecisionProof } from '../schema/decision.type.ts';
import type { DecisionPath } from '../store/decision.store.ts';
import type { RunInclusion } from '../store/decision-proof.reads.ts';

/** A SHA-256 hash as the API shows it. */
export function digestView(hash: Uint8Array): string {
  return `sha256:${Buffer.from(hash).toString('hex')}`;
}

export function checkpointView({ origin, size, root, note, at }: LoggedCheckpoint): AuditCheckpoint {
  return { origin, size, root: digestView(root), signedNote: note, at };
}

export function inclusionView({ index, treeSize, leaf, path }: RunInclusion): InclusionProof {
  return { index, treeSize, leaf: digestView(leaf), path: path.map(digestView) };
}

/**
 * What is proved of a draw: its batch as a whole. A tree of one leaf, which is the root: the digest over everyone who was drawn.
 */
export function drawProofView(facts: {
  readonly digest: string;
  readonly checkpoint: LoggedCheckpoint | null;
  readonly inclusion: RunInclusion | null;
}): DecisionProof {
  const { digest, checkpoint, inclusion } = facts;
  return {
    leaf: digest,
    salt: '',
    index: 0,
    size: 1,
    path: [],
    root: digest,
    audit: inclusion && inclusionView(inclusion),
    checkpoint: checkpoint && checkpointView(checkpoint),
  };
}

/** The proof of a decision; throws where the run kept no root, which a run with decisions always does. */
export function proofView(facts: {
  readonly row: number;
  readonly salt: Uint8Array;
  readonly root: string | null;
  readonly path: DecisionPath;
  readonly checkpoint: LoggedCheckpoint | null;
  readonly inclusion: RunInclusion | null;
}): DecisionProof {
  const { row, salt, root, path, checkpoint, inclusion } = facts;
  if (root === null) throw new Error('a run with decisions has no root of them');
  return {
    leaf: digestView(path.leaf),
    salt: Buffer.from(salt).toString('base64'),
    index: row,
    size: path.size,
    path: path.path.map(digestView),
    root,
    audit: inclusion && inclusionView(inclusion),
    checkpoint: checkpoint && checkpointView(checkpoint),
  };
}
