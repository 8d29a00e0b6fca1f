import { In, type SelectQueryBuilder } from 'typeorm';
import type { ChangeStatus } from '../domain/change-status.ts';
import { ConfigApprovalRow } from './config-approval.row.ts';
import { ConfigChangeRow } from './config-change.row.ts';
import { ConfigVersionRow } from './config-version.row.ts';
import { readDown, type Slice } from './slice.ts';
import type { Transaction } from './transaction.ts';

export interface ChangeFilter {
  readonly campaign: string;
  readonly statuses: readonly ChangeStatus[] | null;
}

/** Config changes, the newest first; the key is the instant of proposing and the id. */
export async function listChanges(
  db: Transaction,
  filter: ChangeFilter,
  slice: Slice,
): Promise<readonly ConfigChangeRow[]> {
  return readDown(filtered(db, filter), ['change.proposedAt', 'change.id'], slice);
}

export async function countChanges(db: Transaction, filter: ChangeFilter): Promise<number> {
  return filtered(db, filter).getCount();
}

function filtered(
  db: Transaction,
  { campaign, statuses }: ChangeFilter,
): SelectQueryBuilder<ConfigChangeRow> {
  const query = db
    .createQueryBuilder(ConfigChangeRow, 'change')
    .where('change.campaign = :campaign', { campaign });
  if (statuses !== null) query.andWhere('change.status = any (:statuses)', { statuses });
  return query;
}

/** Every approval of changes, voided ones too, in the order in which they were given. */
export async function approvalsOf(
  db: Transaction,
  changes: readonly string[],
): Promise<readonly ConfigApprovalRow[]> {
  return db.find(ConfigApprovalRow, {
    where: { changeId: In(changes) },
    order: { approvedAt: 'ASC', revision: 'ASC', role: 'ASC' },
  });
}

/** A change that is in force or was, and the settings that it became. */
export interface MadeVersion {
  readonly change: ConfigChangeRow;
  readonly version: ConfigVersionRow;
}

/** What changes became, of those that are or were in force. */
export async function versionsOfChanges(
  db: Transaction,
  changeIds: readonly string[],
): Promise<readonly MadeVersion[]> {
  return made(db, await db.findBy(ConfigChangeRow, { id: In(changeIds) }));
}

/** The changes that made config versions, of those that a change made. */
export async function changesOfVersions(
  db: Transaction,
  versionIds: readonly string[],
): Promise<readonly MadeVersion[]> {
  const versions = await db.findBy(ConfigVersionRow, { id: In(versionIds) });
  const where = versions.map(({ campaign, number }) => ({ campaign, version: number }));
  return where.length === 0 ? [] : made(db, await db.findBy(ConfigChangeRow, where));
}

async function made(db: Transaction, changes: readonly ConfigChangeRow[]): Promise<readonly MadeVersion[]> {
  const where = changes.flatMap(({ campaign, version }) =>
    version === null ? [] : [{ campaign, number: version }],
  );
  if (where.length === 0) return [];
  const versions = await db.findBy(ConfigVersionRow, where);
  return changes.flatMap((change) => {
    const of = versions.find(
      ({ campaign, number }) => campaign === change.campaign && number === change.version,
    );
    return of === undefined ? [] : [{ change, version: of }];
  });
}
