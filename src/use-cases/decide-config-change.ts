import { digestOfJson } from '../audit/digest.ts';
import { approved, rejected, withdrawn } from '../domain/config-change.ts';
import { obstaclesTo } from '../domain/config-proposal.ts';
import { needNote } from '../domain/note.ts';
import { obey, refuse } from '../domain/refusal.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import { ConfigApprovalRow } from '../store/config-approval.row.ts';
import { ConfigChangeRow } from '../store/config-change.row.ts';
import { lockChange } from '../store/config-change.store.ts';
import { ConfigVersionRow } from '../store/config-version.row.ts';
import { changeFacts } from './config-change-facts.ts';
import { standingOf } from './config-standing.ts';
import type { DecideInput } from './decide-input.ts';
import type { Act, Command } from './execute.ts';

export interface ApproveConfigChange extends DecideInput {
  /** Of the revision that the approver looked at; null approves whichever is the newest. */
  readonly digest: string | null;
}

/**
 * Approves a change as it stands, by another person than proposed or edited it and under a role that it needs. With the last approval
 * its settings hold, for every run that starts from then on.
 */
export const approveConfigChange: Command<ApproveConfigChange, ConfigChangeRow> = {
  action: 'config.approve',
  permission: 'config.approve',
  about: ({ id }) => ({ campaign: null, subject: id }),
  async handle(act, { id, note, digest }) {
    const { tx, now, actor } = act;
    const { change, campaign, state } = await lockChange(tx, id);
    if (note !== null) needNote(note);
    const next = obey(approved(state, actor));
    if (digest !== null && digest !== change.digest)
      refuse('CONFLICT', 'REVISION', 'The change was edited since; look at it again.');
    await judgeStanding(act, campaign, change);
    const role = next.approvals.at(-1)?.role ?? refuse('INTERNAL', 'APPROVAL', 'Nobody approved.');
    await tx.insert(ConfigApprovalRow, {
      changeId: id,
      revision: change.revision,
      role,
      approvedBy: actor.subject,
      approvedAt: now,
      note,
    });
    const effective = next.status === 'EFFECTIVE';
    const version = effective ? change.base + 1 : null;
    const decided = effective ? { decidedBy: actor.subject, decidedAt: now, note } : {};
    const changed = { status: next.status, version, ...decided };
    await tx.update(ConfigChangeRow, { id }, changed);
    const result = { ...change, ...changed };
    if (effective) await putInForce(act, result);
    return {
      result,
      role,
      facts: changeFacts(result, {
        before: change.status,
        reason: note,
        role,
        proposedBy: change.proposedBy,
        version,
      }),
    };
  },
};

/** Refuses what can no longer be put in force as it was proposed. */
async function judgeStanding(
  { tx, now }: Act,
  campaign: CampaignRow,
  change: ConfigChangeRow,
): Promise<void> {
  const obstacles = obstaclesTo(change, await standingOf(tx, campaign, now));
  const [first] = obstacles;
  if (first !== undefined) refuse(first.code, first.rule, obstacles.map(({ message }) => message).join(' '));
}

async function putInForce({ tx, now, services }: Act, change: ConfigChangeRow): Promise<void> {
  const { campaign, base, settings, proposedBy } = change;
  await tx.insert(ConfigVersionRow, {
    id: services.ids.next(),
    campaign,
    number: base + 1,
    settings,
    digest: digestOfJson(settings),
    effectiveFrom: now,
    createdBy: proposedBy,
  });
}

/** Sends a change away for good, with a note why. */
export const rejectConfigChange: Command<DecideInput, ConfigChangeRow> = {
  action: 'config.reject',
  permission: 'config.approve',
  about: ({ id }) => ({ campaign: null, subject: id }),
  async handle(act, { id, note }) {
    const { change, state } = await lockChange(act.tx, id);
    needNote(note ?? '');
    return close(act, change, obey(rejected(state, act.actor)).status, note);
  },
};

/** Takes a change back, by its proposer. */
export const withdrawConfigChange: Command<DecideInput, ConfigChangeRow> = {
  action: 'config.withdraw',
  permission: 'config.propose',
  about: ({ id }) => ({ campaign: null, subject: id }),
  async handle(act, { id, note }) {
    const { change, state } = await lockChange(act.tx, id);
    if (note !== null) needNote(note);
    return close(act, change, obey(withdrawn(state, act.actor.subject)).status, note);
  },
};

async function close(
  { tx, now, actor }: Act,
  change: ConfigChangeRow,
  status: ConfigChangeRow['status'],
  note: string | null,
) {
  const changed = { status, decidedBy: actor.subject, decidedAt: now, note };
  await tx.update(ConfigChangeRow, { id: change.id }, changed);
  const result = { ...change, ...changed };
  return { result, facts: changeFacts(result, { before: change.status, reason: note }) };
}
