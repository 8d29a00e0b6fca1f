import type { SelectQueryBuilder } from 'typeorm';
import { BatchRow } from './batch.row.ts';
import { DataUseRow } from './data-use.row.ts';
import { RunRow } from './run.row.ts';
import { isUuid, readDown, type Slice } from './slice.ts';
import type { Transaction } from './transaction.ts';

export async function dataUseById(db: Transaction, id: string): Promise<DataUseRow | null> {
  return isUuid(id) ? db.findOneBy(DataUseRow, { id }) : null;
}

/** The runs of model versions that are under way and have still to score or to explain. */
export async function runsStillToScore(
  db: Transaction,
  models: readonly string[],
): Promise<readonly RunRow[]> {
  return db
    .createQueryBuilder(RunRow, 'run')
    .where(`run.model_id = any (:models) and run.status in ('CHECKING', 'SCORING', 'SELECTING')`, { models })
    .andWhere(`run.step in ('RECEIVE', 'DECIDE', 'EXPLAIN')`)
    .orderBy('run.startedAt')
    .getMany();
}

/** The batches that were drawn from scores under a data use and are neither released nor rejected. */
export async function openBatchesUnder(db: Transaction, dataUse: string): Promise<readonly BatchRow[]> {
  return db
    .createQueryBuilder(BatchRow, 'batch')
    .innerJoin(RunRow, 'run', 'run.id = batch.run_id')
    .where(`run.manifest -> 'dataUses' @> to_jsonb(:dataUse::text)`, { dataUse })
    .andWhere(`batch.status not in ('RELEASED', 'REJECTED')`)
    .orderBy('batch.createdAt')
    .getMany();
}

/** Which runs were made under data uses, as their manifests have it: of these model versions, started by an instant. */
export interface UnderDataUses {
  readonly campaign: string;
  readonly dataUses: readonly string[];
  /** Null for every model version. */
  readonly models: readonly string[] | null;
  readonly until: Date;
}

/** Runs under data uses, the newest week and attempt first; the key is week and attempt. */
export async function listRunsUnder(
  db: Transaction,
  under: UnderDataUses,
  slice: Slice,
): Promise<readonly RunRow[]> {
  return readDown(runsUnder(db, under), ['run.week', 'run.attempt'], slice);
}

export async function countRunsUnder(db: Transaction, under: UnderDataUses): Promise<number> {
  return runsUnder(db, under).getCount();
}

function runsUnder(
  db: Transaction,
  { campaign, dataUses, models, until }: UnderDataUses,
): SelectQueryBuilder<RunRow> {
  const query = db
    .createQueryBuilder(RunRow, 'run')
    .where('run.campaign = :campaign and run.started_at <= :until', { campaign, until })
    .andWhere(`run.manifest -> 'dataUses' ?| :dataUses::text[]`, { dataUses });
  if (models !== null) query.andWhere('run.model_id = any (:models)', { models });
  return query;
}
