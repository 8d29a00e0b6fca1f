import type { EntityManager } from 'typeorm';
import { digestOfJson } from '../audit/digest.ts';
import { type ErasedKind, type ErasedRow, erasureContent } from '../domain/erasure.ts';

type Reader = Pick<EntityManager, 'query'>;

/** What was erased of a run or a batch: all of it, or single rows and what their owner's digest needs of each. */
export interface ErasedRows {
  readonly all: boolean;
  readonly hashes: ReadonlyMap<number, Uint8Array | null>;
}

const NAMES = `kind, owner_id as "ownerId", row_no as "rowNo", encode(hash, 'hex') as hash`;

/** What was erased of a kind of a run (`snapshot`, `decision`) or of a batch. */
export async function erasedRows(db: Reader, kind: ErasedKind, ownerId: string): Promise<ErasedRows> {
  const rows: { row_no: number | null; hash: Buffer | null }[] = await db.query(
    'select row_no, hash from erased_row where owner_id = $1 and kind = $2',
    [ownerId, kind],
  );
  const hashes = new Map<number, Uint8Array | null>();
  for (const { row_no, hash } of rows) if (row_no !== null) hashes.set(row_no, hash);
  return { all: rows.some(({ row_no }) => row_no === null), hashes };
}

/** How many single rows of a kind were erased, and since when all of them; null while they were not. */
export async function erasedCount(
  db: Reader,
  kind: ErasedKind,
  ownerId: string,
): Promise<{ readonly rows: number; readonly allSince: Date | null }> {
  const [found]: { rows: number; allSince: Date | null }[] = await db.query(
    `select count(row_no)::int as rows, min(erased_at) filter (where row_no is null) as "allSince"
     from erased_row join erasure on erasure.id = erasure_id where owner_id = $1 and kind = $2`,
    [ownerId, kind],
  );
  return found ?? { rows: 0, allSince: null };
}

/** The rows that an erasure lists, in no order. */
async function rowsOfErasure(db: Reader, erasureId: string): Promise<readonly ErasedRow[]> {
  return db.query(`select ${NAMES} from erased_row where erasure_id = $1`, [erasureId]);
}

/** An erasure that rows are listed under and that there is not; undefined where there is none. */
export async function rowOfNoErasure(db: Reader): Promise<string | undefined> {
  const [found]: { id: string }[] = await db.query(
    `select erasure_id as id from erased_row r where not exists (select from erasure e where e.id = r.erasure_id)
     order by 1 limit 1`,
  );
  return found?.id;
}

/** The digest of what an erasure lists: its audit entry, whose subject is the erasure, must have the same. */
export async function erasureDigest(db: Reader, erasureId: string): Promise<string> {
  return digestOfJson(erasureContent(await rowsOfErasure(db, erasureId)));
}

/** When the customer of a tombstone was erased last; null when never. */
export async function erasedAt(db: Reader, tombstone: Uint8Array): Promise<Date | null> {
  const [found]: { at: Date | null }[] = await db.query(
    'select max(erased_at) as at from erasure where tombstone = $1',
    [tombstone],
  );
  return found?.at ?? null;
}

/** The place of an erasure's entry in the log; null while it waits to be sequenced. */
export async function erasureEntry(db: Reader, erasureId: string): Promise<number | null> {
  const [entry]: { index: number }[] = await db.query(
    `select index::float8 as index from audit_entry
     where subject = $1 and action in ('customer.erase', 'retention.erase')`,
    [erasureId],
  );
  return entry?.index ?? null;
}
