import type { SelectQueryBuilder } from 'typeorm';
import { IncidentRow } from './incident.row.ts';
import type { Slice } from './slice.ts';
import type { Transaction } from './transaction.ts';

/** What is null is not asked. */
export interface IncidentFilter {
  readonly campaign: string | null;
  readonly open: boolean | null;
}

/** Incidents, the newest first; the key is the instant of opening and the id. */
export async function listIncidents(
  db: Transaction,
  filter: IncidentFilter,
  { first, after }: Slice,
): Promise<readonly IncidentRow[]> {
  const [at, id] = after ?? [];
  const query = filtered(db, filter)
    .orderBy('incident.openedAt', 'DESC')
    .addOrderBy('incident.id', 'DESC')
    .limit(first + 1);
  if (after !== null) query.andWhere('(incident.openedAt, incident.id) < (:at, :id)', { at, id });
  return query.getMany();
}

export async function countIncidents(db: Transaction, filter: IncidentFilter): Promise<number> {
  return filtered(db, filter).getCount();
}

function filtered(db: Transaction, { campaign, open }: IncidentFilter): SelectQueryBuilder<IncidentRow> {
  const query = db.createQueryBuilder(IncidentRow, 'incident').where('true');
  if (campaign !== null) query.andWhere('incident.campaign = :campaign', { campaign });
  if (open !== null) query.andWhere(`incident.resolvedAt is ${open ? '' : 'not '}null`);
  return query;
}
