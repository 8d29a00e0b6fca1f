import type { EntityManager } from 'typeorm';
import { JUDGING_TOTAL, type Judging, type JudgingProgress } from '../domain/judging.ts';

/** Held, with the version's id, for as long as a version is judged: it goes with the connection of whoever was killed at it. */
const JUDGING = 19_181_813;

type Queries = Pick<EntityManager, 'query'>;

/** Notes that a version is to be judged, from the beginning. */
export async function queueJudging(tx: Queries, modelId: string, at: Date): Promise<void> {
  await tx.query(
    `insert into model_judging (model_id, asked_at) values ($1, $2)
     on conflict (model_id) do update set asked_at = $2, attempts = 0, started_at = null, step = null, done = 0`,
    [modelId, at],
  );
}

/** Holds the judging of a version for the transaction, once nobody else does any more. */
export async function holdJudging(tx: Queries, modelId: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [JUDGING, modelId]);
}

/** The same; false, without waiting, where somebody else does. */
export async function tryHoldJudging(tx: Queries, modelId: string): Promise<boolean> {
  const [lock]: { held: boolean }[] = await tx.query(
    'select pg_try_advisory_xact_lock($1, hashtext($2)) as held',
    [JUDGING, modelId],
  );
  return lock?.held === true;
}

/** Notes that a judging is begun, whatever becomes of it; answers how often it was by now. */
export async function beginJudging(db: Queries, modelId: string, at: Date): Promise<number> {
  const [begun]: { attempts: number }[] = await db.query(
    `insert into model_judging as j (model_id, asked_at, attempts, started_at, step) values ($1, $2, 1, $2, 'READ')
     on conflict (model_id) do update set attempts = j.attempts + 1, started_at = $2, step = 'READ', done = 0
     returning attempts`,
    [modelId, at],
  );
  return begun?.attempts ?? 1;
}

/** Notes how far a judging is, and tells whoever listens on the database's channel `judging_progress`. */
export async function tellJudging(db: Queries, progress: JudgingProgress): Promise<void> {
  const { modelId, step, done } = progress;
  await db.query('update model_judging set step = $2, done = $3 where model_id = $1', [modelId, step, done]);
  await db.query(`select pg_notify('judging_progress', $1)`, [JSON.stringify(progress)]);
}

/** Takes a judging that came to its end from those that wait or are under way. */
export async function endJudging(tx: Queries, modelId: string): Promise<void> {
  await tx.query('delete from model_judging where model_id = $1', [modelId]);
}

/** A version that waits to be judged and is not one of `seen`, the oldest first. */
export async function waitingForJudging(db: Queries, seen: readonly string[]): Promise<string | undefined> {
  const [waiting]: { id: string }[] = await db.query(
    `select id from model_version where status = 'REGISTERED' and id <> all ($1) order by registered_at, id limit 1`,
    [seen],
  );
  return waiting?.id;
}

/** How far the judgings of versions are that wait for it or are being judged. */
export async function judgingsOf(db: Queries, modelIds: readonly string[]): Promise<readonly Judging[]> {
  const rows: Omit<Judging, 'state' | 'total'>[] = await db.query(
    `select model_id as "modelId", asked_at as "askedAt", attempts, started_at as "startedAt", step, done
     from model_judging where model_id = any ($1) and exists (select from model_version where id = model_id and status = 'REGISTERED')`,
    [modelIds],
  );
  return rows.map((row) => ({
    ...row,
    state: row.startedAt === null ? 'QUEUED' : 'RUNNING',
    total: JUDGING_TOTAL,
  }));
}
