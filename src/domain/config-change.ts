import type { ChangeStatus } from './change-status.ts';
import type { Actor, Role } from './permissions.ts';
import { Refusal } from './refusal.ts';

/** The roles of which one proposes and the other approves. */
export type ProposingRole = 'OPERATOR' | 'MARKETEER';
/** The roles that approve config changes. */
export type ApprovingRole = ProposingRole | 'COMPLIANCE_REVIEWER';

/** One approval of a change as it stands, under one of the roles that it needs. */
export interface ChangeApproval {
  readonly by: string;
  readonly role: ApprovingRole;
}

/** How far a config change is, and whose hands were in it. */
export interface ChangeState {
  readonly status: ChangeStatus;
  readonly proposedBy: string;
  /** Everyone who proposed or edited it, each once. */
  readonly hands: readonly string[];
  /** The roles that must approve it, each by another person. */
  readonly needs: readonly ApprovingRole[];
  /** Of the change as it stands: an edit voids those before. */
  readonly approvals: readonly ChangeApproval[];
}

/** Whether a change still waits for somebody. */
export function isOpen({ status }: Pick<ChangeState, 'status'>): boolean {
  return status === 'PROPOSED' || status === 'APPROVED';
}

/** The settings that touch neither data nor checks nor control groups. Every other one, a new one too, is compliance's as well. */
const WITHOUT_COMPLIANCE: readonly string[] = [
  'threshold',
  'capacity',
  'minAge',
  'maxAge',
  'restWeeks',
  'maxMailsPerDay',
  'maxMailsPer14Days',
  'schedule',
];

/**
 * The roles that must approve a change: the other one of operator and marketeer, and compliance where it touches data, checks or
 * control groups (domain.md, Who may do what).
 * @param fields names of the settings that it changes, `limits.DRIFT.halt`
 */
export function neededApprovals(proposing: ProposingRole, fields: readonly string[]): ApprovingRole[] {
  const other = proposing === 'OPERATOR' ? 'MARKETEER' : 'OPERATOR';
  return fields.every((field) => WITHOUT_COMPLIANCE.includes(field))
    ? [other]
    : [other, 'COMPLIANCE_REVIEWER'];
}

/** The role under which an actor proposes: the first of theirs that may. Throws where none does. */
export function proposingRole({ roles }: Actor): ProposingRole {
  for (const role of roles) if (role === 'OPERATOR' || role === 'MARKETEER') return role;
  throw new TypeError('whoever proposes is an operator or a marketeer');
}

/** A new change. */
export function proposed(by: string, needs: readonly ApprovingRole[]): ChangeState {
  return { status: 'PROPOSED', proposedBy: by, hands: [by], needs, approvals: [] };
}

/** A change that somebody edited: it is theirs too, and what was approved is so no more. */
export function amended(
  change: ChangeState,
  by: string,
  needs: readonly ApprovingRole[],
): ChangeState | Refusal {
  const { status, proposedBy, hands } = change;
  if (!isOpen(change)) return closed(status, 'edited');
  return {
    status: 'PROPOSED',
    proposedBy,
    hands: hands.includes(by) ? hands : [...hands, by],
    needs,
    approvals: [],
  };
}

/** A change that one more person approved; EFFECTIVE with the last approval that it needs. */
export function approved(change: ChangeState, actor: Actor): ChangeState | Refusal {
  const { status, hands, needs, approvals } = change;
  if (!isOpen(change)) return closed(status, 'approved');
  if (hands.includes(actor.subject)) return ownHands('approve');
  if (approvals.some(({ by }) => by === actor.subject))
    return new Refusal('FOUR_EYES', 'ONE_APPROVAL', 'You approved it already; another person must.');
  const missing = missingApprovals(change);
  const role = missing.find((need) => holds(actor, need));
  if (role === undefined) {
    return new Refusal('FORBIDDEN', 'APPROVING_ROLE', `It waits for an approval of ${wordsOf(missing)}.`);
  }
  const given = [...approvals, { by: actor.subject, role }];
  return {
    ...change,
    status: given.length === needs.length ? 'EFFECTIVE' : 'APPROVED',
    approvals: given,
  };
}

/** A change that was sent away for good, by somebody whose approval it needs. */
export function rejected(change: ChangeState, actor: Actor): ChangeState | Refusal {
  const { status, hands, needs } = change;
  if (!isOpen(change)) return closed(status, 'rejected');
  if (hands.includes(actor.subject)) return ownHands('reject');
  if (!needs.some((need) => holds(actor, need)))
    return new Refusal('FORBIDDEN', 'APPROVING_ROLE', `It is for ${wordsOf(needs)} to reject it.`);
  return { ...change, status: 'REJECTED' };
}

/** A change that its proposer took back. */
export function withdrawn(change: ChangeState, by: string): ChangeState | Refusal {
  const { status, proposedBy } = change;
  if (!isOpen(change)) return closed(status, 'withdrawn');
  if (by !== proposedBy)
    return new Refusal('FORBIDDEN', 'OWN_CHANGE', 'Only who proposed it withdraws it; others reject it.');
  return { ...change, status: 'WITHDRAWN' };
}

/** The roles whose approval a change still waits for. */
export function missingApprovals({ needs, approvals }: ChangeState): readonly ApprovingRole[] {
  return needs.filter((need) => !approvals.some(({ role }) => role === need));
}

function holds({ roles }: Actor, role: Role): boolean {
  return roles.includes(role);
}

function closed(status: ChangeStatus, done: string): Refusal {
  return new Refusal('INVALID_STATE', 'CHANGE_STATUS', `A change that is ${status} cannot be ${done}.`);
}

function ownHands(act: string): Refusal {
  return new Refusal(
    'FOUR_EYES',
    'ANOTHER_PERSON',
    `Another person must ${act} what you proposed or edited.`,
  );
}

function wordsOf(roles: readonly Role[]): string {
  return roles.map((role) => role.toLowerCase().replace('_', ' ')).join(' and ');
}
