import { hashReader, type LoggedCheckpoint, newestCheckpoint } from '../audit/log-reads.ts';
import { proveInclusion } from '../audit/proof.ts';
import type { Transaction } from './transaction.ts';

/** That the entry of a run's decisions, or of a draw, is in the log: its place, its leaf hash and the path to the root. */
export interface RunInclusion {
  readonly index: number;
  readonly treeSize: number;
  readonly leaf: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** Where the log has the entries of the decisions of runs; a run is not there until its entry was sequenced. */
export async function entriesOfRuns(
  db: Transaction,
  runIds: readonly string[],
): Promise<readonly { readonly runId: string; readonly index: number; readonly leaf: Uint8Array }[]> {
  return db.query(
    `select distinct on (subject) subject as "runId", index::float8 as index, leaf from audit_entry
     where action = 'run.decide' and subject = any ($1) order by subject, index`,
    [runIds],
  );
}

/** The entry of a draw: where the log has it, and the digest over everyone who was drawn; undefined until it was sequenced. */
async function entryOfDraw(
  db: Transaction,
  batch: string,
): Promise<{ readonly index: number; readonly leaf: Uint8Array; readonly digest: string } | undefined> {
  const [found]: { index: number; leaf: Buffer; digest: string }[] = await db.query(
    `select index::float8 as index, leaf, digest from audit_entry
     where action = 'batch.fallback' and subject = $1 and digest is not null order by index limit 1`,
    [batch],
  );
  return found;
}

/** The newest checkpoint, and that it covers the entry of a draw; null where it does not yet. */
export async function inclusionOfDraw(
  db: Transaction,
  batch: string,
): Promise<{
  readonly checkpoint: LoggedCheckpoint | null;
  readonly inclusion: RunInclusion | null;
  /** Of everyone who was drawn, as the entry has it; null until the log has the entry. */
  readonly digest: string | null;
}> {
  const checkpoint = (await newestCheckpoint(db)) ?? null;
  const entry = await entryOfDraw(db, batch);
  const digest = entry?.digest ?? null;
  if (checkpoint === null || entry === undefined || entry.index >= checkpoint.size)
    return { checkpoint, inclusion: null, digest };
  const { index, leaf } = entry;
  const path = await proveInclusion(index, checkpoint.size, hashReader(db));
  return { checkpoint, inclusion: { index, treeSize: checkpoint.size, leaf, path }, digest };
}

/** The newest checkpoint, and of each run that it covers the proof that its decisions are in it. */
export async function inclusionsOfRuns(
  db: Transaction,
  runIds: readonly string[],
): Promise<{
  readonly checkpoint: LoggedCheckpoint | null;
  readonly inclusions: ReadonlyMap<string, RunInclusion>;
}> {
  const checkpoint = await newestCheckpoint(db);
  if (checkpoint === undefined) return { checkpoint: null, inclusions: new Map() };
  const { size } = checkpoint;
  const inclusions = new Map<string, RunInclusion>();
  for (const { runId, index, leaf } of await entriesOfRuns(db, runIds)) {
    if (index >= size) continue;
    const path = await proveInclusion(index, size, hashReader(db));
    inclusions.set(runId, { index, treeSize: size, leaf, path });
  }
  return { checkpoint, inclusions };
}

/** The leaf hash of an entry; throws where the log has no such entry. */
export async function leafOf(db: Transaction, index: number): Promise<Uint8Array> {
  const [row]: { leaf: Buffer }[] = await db.query('select leaf from audit_entry where index = $1', [index]);
  if (row === undefined) throw new Error(`the log has no entry ${index}`);
  return row.leaf;
}

/** The bytes of an entry; throws where the log has no such entry. */
export async function entryBytesAt(db: Transaction, index: number): Promise<Uint8Array> {
  const [row]: { bytes: Buffer }[] = await db.query('select bytes from audit_entry where index = $1', [
    index,
  ]);
  if (row === undefined) throw new Error(`the log has no entry ${index}`);
  return row.bytes;
}
