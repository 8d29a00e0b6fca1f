import type { EntityManager } from 'typeorm';
import type { ModelAct } from '../domain/model-life.ts';
import type { ModelStatus } from '../domain/model-version.ts';
import { refuse } from '../domain/refusal.ts';

/** An act on a model version, in whose transaction it is noted. `before` is null of the first. */
export interface NotedAct {
  readonly modelId: string;
  readonly at: Date;
  readonly actor: string;
  readonly act: ModelAct;
  readonly before: ModelStatus | null;
  readonly after: ModelStatus;
  readonly note: string | null;
}

/** Notes an act on a model version whose row this transaction holds, or has just made. */
export async function noteModelAct(tx: EntityManager, noted: NotedAct): Promise<void> {
  const { modelId, at, actor, act, before, after, note } = noted;
  await tx.query(
    `insert into model_act (model_id, number, at, actor, act, before, after, note)
     select $1, 1 + count(*), $2, $3, $4, $5, $6, $7 from model_act where model_id = $1`,
    [modelId, at, actor, act, before, after, note],
  );
}

/** A campaign's model from an instant on: the one in production, or the challenger; none where `modelId` is null. */
export interface ModelFrom {
  readonly campaign: string;
  readonly at: Date;
  readonly modelId: string | null;
  readonly actor: string;
}

const SET_BY = { model_activation: 'activated_by', model_challenge: 'set_by' } as const;

/**
 * Notes which model a campaign, held by this transaction, has from an instant on. Refuses an instant that is not after the one
 * noted last: what held when is told by the order of the instants.
 */
export async function noteModelFrom(
  tx: EntityManager,
  table: keyof typeof SET_BY,
  { campaign, at, modelId, actor }: ModelFrom,
): Promise<void> {
  const [last]: { later: boolean }[] = await tx.query(
    `select max(active_from) >= $2 as later from ${table} where campaign = $1`,
    [campaign, at],
  );
  if (last?.later === true)
    refuse(
      'CONFLICT',
      'INSTANT',
      'The models of this campaign were changed at this very instant. Try again.',
    );
  await tx.query(
    `insert into ${table} (campaign, active_from, model_id, ${SET_BY[table]}) values ($1, $2, $3, $4)`,
    [campaign, at, modelId, actor],
  );
}
