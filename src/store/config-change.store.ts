import type { ChangeState } from '../domain/config-change.ts';
import { refuse } from '../domain/refusal.ts';
import type { CampaignRow } from './campaign.row.ts';
import { lockCampaign } from './campaign.store.ts';
import { ConfigApprovalRow } from './config-approval.row.ts';
import { ConfigChangeRow } from './config-change.row.ts';
import { isUuid } from './slice.ts';
import type { Transaction } from './transaction.ts';

/** A config change and its campaign, held for this transaction, with the state in which it is; refuses NOT_FOUND. */
export async function lockChange(
  tx: Transaction,
  id: string,
): Promise<{
  readonly change: ConfigChangeRow;
  readonly campaign: CampaignRow;
  readonly state: ChangeState;
}> {
  const found = await changeById(tx, id);
  // The campaign first, as everyone does: what is in force stays so until this transaction ends.
  const campaign = await lockCampaign(tx, found.campaign);
  const change = await tx.findOneOrFail(ConfigChangeRow, {
    where: { id },
    lock: { mode: 'pessimistic_write' },
  });
  const approvals = await tx.findBy(ConfigApprovalRow, { changeId: id, revision: change.revision });
  const { status, proposedBy, hands, needs } = change;
  const given = approvals.map(({ approvedBy: by, role }) => ({ by, role }));
  return { change, campaign, state: { status, proposedBy, hands, needs, approvals: given } };
}

/** A config change as it stands; refuses NOT_FOUND. */
export async function changeById(tx: Transaction, id: string): Promise<ConfigChangeRow> {
  const change = await findChange(tx, id);
  return change ?? refuse('NOT_FOUND', 'CONFIG_CHANGE', 'There is no such config change.');
}

export async function findChange(tx: Transaction, id: string): Promise<ConfigChangeRow | null> {
  return isUuid(id) ? tx.findOneBy(ConfigChangeRow, { id }) : null;
}

/** The id of an open change that a person proposed and that sets the same, null where there is none. */
export async function openChangeLike(
  tx: Transaction,
  { campaign, proposedBy, patch }: Pick<ConfigChangeRow, 'campaign' | 'proposedBy' | 'patch'>,
): Promise<string | null> {
  const [open]: { id: string }[] = await tx.query(
    `select id from config_change
     where campaign = $1 and proposed_by = $2 and patch = $3::jsonb and status in ('PROPOSED', 'APPROVED') limit 1`,
    [campaign, proposedBy, JSON.stringify(patch)],
  );
  return open?.id ?? null;
}

/** The first week that was decided by a config version, null where none was. */
export async function firstWeekOf(tx: Transaction, configId: string): Promise<string | null> {
  const [first]: { week: string | null }[] = await tx.query(
    `select min(week) as week from run
     where config_id = $1 and decision_root is not null and status in ('AWAITING_REVIEW', 'RELEASED', 'EMPTY')`,
    [configId],
  );
  return first?.week ?? null;
}
