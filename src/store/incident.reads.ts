import type { SelectQueryBuilder } from 'typeorm';
import type { IncidentKind } from '../domain/incident.ts';
import { IncidentRow } from './incident.row.ts';
import { readDown, type Slice } from './slice.ts';
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
  slice: Slice,
): Promise<readonly IncidentRow[]> {
  return readDown(filtered(db, filter), ['incident.openedAt', 'incident.id'], slice);
}

export async function countIncidents(db: Transaction, filter: IncidentFilter): Promise<number> {
  return filtered(db, filter).getCount();
}

/** Whether an incident of this kind that says this waits to be resolved. */
export async function isIncidentOpen(
  db: Transaction,
  told: { readonly kind: IncidentKind; readonly summary: string },
): Promise<boolean> {
  return filtered(db, { campaign: null, open: true })
    .andWhere('incident.kind = :kind and incident.summary = :summary', told)
    .getExists();
}

/** Whether an incident of this kind that says this waits to be resolved or was opened after an instant. */
export async function wasIncidentTold(
  db: Transaction,
  told: { readonly kind: IncidentKind; readonly summary: string },
  after: Date,
): Promise<boolean> {
  return filtered(db, { campaign: null, open: null })
    .andWhere('incident.kind = :kind and incident.summary = :summary', told)
    .andWhere('(incident.resolvedAt is null or incident.openedAt > :after)', { after })
    .getExists();
}

function filtered(db: Transaction, { campaign, open }: IncidentFilter): SelectQueryBuilder<IncidentRow> {
  const query = db.createQueryBuilder(IncidentRow, 'incident').where('true');
  if (campaign !== null) query.andWhere('incident.campaign = :campaign', { campaign });
  if (open !== null) query.andWhere(`incident.resolvedAt is ${open ? '' : 'not '}null`);
  return query;
}
