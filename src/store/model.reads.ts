import { In, LessThanOrEqual } from 'typeorm';
import { ModelVersionRow } from './model-version.row.ts';
import { isUuid, readDown, type Slice } from './slice.ts';
import type { Transaction } from './transaction.ts';

/** Model versions of a campaign, the newest first; the key is the instant of registering and the id. */
export async function listModels(
  db: Transaction,
  campaign: string,
  slice: Slice,
): Promise<readonly ModelVersionRow[]> {
  const query = db
    .createQueryBuilder(ModelVersionRow, 'model')
    .where('model.campaign = :campaign', { campaign });
  return readDown(query, ['model.registeredAt', 'model.id'], slice);
}

/** The model versions of a campaign that had been registered by an instant, the oldest first. */
export async function modelsRegisteredBy(
  db: Transaction,
  campaign: string,
  at: Date,
): Promise<readonly ModelVersionRow[]> {
  return db.find(ModelVersionRow, {
    where: { campaign, registeredAt: LessThanOrEqual(at) },
    order: { registeredAt: 'ASC', id: 'ASC' },
  });
}

export async function countModels(db: Transaction, campaign: string): Promise<number> {
  return db.countBy(ModelVersionRow, { campaign });
}

export async function modelById(db: Transaction, id: string): Promise<ModelVersionRow | null> {
  return isUuid(id) ? db.findOneBy(ModelVersionRow, { id }) : null;
}

/** A model version as it is now, and stays until the transaction has ended. */
export async function modelHeld(tx: Transaction, id: string): Promise<ModelVersionRow> {
  return tx.findOneOrFail(ModelVersionRow, { where: { id }, lock: { mode: 'pessimistic_read' } });
}

export async function modelsById(
  db: Transaction,
  ids: readonly string[],
): Promise<readonly ModelVersionRow[]> {
  return db.findBy(ModelVersionRow, { id: In(ids) });
}

/** What is in production now, of campaigns. */
export async function liveModels(
  db: Transaction,
  campaigns: readonly string[],
): Promise<readonly ModelVersionRow[]> {
  return db.findBy(ModelVersionRow, { campaign: In(campaigns), status: 'LIVE' });
}

/** What was in production at an instant; null when nothing was. */
export function modelLiveAt(db: Transaction, campaign: string, at: Date): Promise<ModelVersionRow | null> {
  return modelOf(db, 'model_activation', campaign, at);
}

/** What was the challenger at an instant; null when nothing was. */
export function challengerAt(db: Transaction, campaign: string, at: Date): Promise<ModelVersionRow | null> {
  return modelOf(db, 'model_challenge', campaign, at);
}

async function modelOf(
  db: Transaction,
  table: 'model_activation' | 'model_challenge',
  campaign: string,
  at: Date,
): Promise<ModelVersionRow | null> {
  const [active]: { model_id: string | null }[] = await db.query(
    `select model_id from ${table} where campaign = $1 and active_from <= $2
     order by active_from desc limit 1`,
    [campaign, at],
  );
  const id = active?.model_id ?? null;
  return id === null ? null : db.findOneBy(ModelVersionRow, { id });
}
