import type { EntityManager } from 'typeorm';
import { signCheckpoint } from '../../src/audit/checkpoint.ts';
import { type AuditEntry, entryBytes, parseEntry } from '../../src/audit/entry.ts';
import type { NoteSigner } from '../../src/audit/signed-note.ts';
import { Frontier, leafHash, storedHashCount } from '../../src/audit/tlog.ts';
import { LOG } from './audit-log.ts';

/** An entry of the log as it stands. */
export async function entryAt(tx: EntityManager, index: number): Promise<AuditEntry> {
  const [row]: { bytes: Buffer }[] = await tx.query('select bytes from audit_entry where index = $1', [
    index,
  ]);
  const entry = row === undefined ? undefined : parseEntry(row.bytes);
  if (entry === undefined) throw new Error(`there is no entry ${index}`);
  return entry;
}

/** Puts an entry at a place of the log, over the one there, with leaf and columns that fit it. */
export async function putEntry(tx: EntityManager, index: number, entry: AuditEntry): Promise<void> {
  const bytes = entryBytes(entry);
  const { at, actor, role, action, campaign, subject, digest } = entry;
  await tx.query('delete from audit_entry where index = $1', [index]);
  await tx.query(
    `insert into audit_entry (index, bytes, leaf, at, actor, role, action, campaign, subject, digest)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [index, bytes, leafHash(bytes), at, actor, role, action, campaign, subject, digest],
  );
}

export async function sizeOf(tx: EntityManager): Promise<number> {
  const [row]: { size: number }[] = await tx.query('select count(*)::float8 as size from audit_entry');
  return row?.size ?? 0;
}

/** Moves the entries from a place on by some places. */
export async function shiftEntries(tx: EntityManager, from: number, by: number): Promise<void> {
  const away = 1_000_000;
  await tx.query('update audit_entry set index = index + $2 where index >= $1', [from, away]);
  await tx.query('update audit_entry set index = index - $1 where index >= $2', [away - by, away]);
}

/** The log as it was at a size: everything after is gone, and all of it fits together. */
export async function truncateLog(tx: EntityManager, size: number): Promise<void> {
  await tx.query('delete from audit_entry where index >= $1', [size]);
  await tx.query('delete from audit_hash where index >= $1', [storedHashCount(size)]);
  await tx.query('delete from audit_checkpoint where size > $1', [size]);
}

/** Writes tree and checkpoints again over the entries as they are: with all hashes right, signed by `signer` or, without one, with the notes there were. */
export async function rebuildTree(
  tx: EntityManager,
  signer: NoteSigner | null,
  origin = LOG.origin,
): Promise<void> {
  const rows: { leaf: Buffer }[] = await tx.query('select leaf from audit_entry order by index');
  const sizes: { size: number; note: string; at: Date }[] = await tx.query(
    'select size::float8 as size, note, at from audit_checkpoint order by size',
  );
  await tx.query('delete from audit_hash');
  await tx.query('delete from audit_checkpoint');
  const kept = sizes.filter(({ size }) => size < rows.length);
  const newest = sizes.at(-1);
  const due = new Map(
    [...kept, ...(newest === undefined ? [] : [{ ...newest, size: rows.length }])].map((one) => [
      one.size,
      one,
    ]),
  );
  const tree = Frontier.empty();
  let place = 0;
  for (const { leaf } of rows) {
    for (const hash of tree.append(leaf))
      await tx.query('insert into audit_hash values ($1, $2)', [place++, hash]);
    const checkpoint = due.get(tree.size);
    if (checkpoint === undefined) continue;
    const root = tree.root();
    const note =
      signer === null ? checkpoint.note : signCheckpoint({ origin, size: tree.size, root }, signer);
    await tx.query('insert into audit_checkpoint values ($1, $2, $3, $4)', [
      tree.size,
      root,
      note,
      checkpoint.at,
    ]);
  }
}
