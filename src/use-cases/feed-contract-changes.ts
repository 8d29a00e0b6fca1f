import { digestOfJson } from '../audit/digest.ts';
import type { ContractColumn } from '../domain/feed-contract.ts';
import { type ContractFinding, proposalFaults } from '../domain/feed-contract-change.ts';
import { checkNote, needNote } from '../domain/note.ts';
import { refuse } from '../domain/refusal.ts';
import { beginOf, weekIn } from '../domain/schedule.ts';
import { addWeeks } from '../domain/week.ts';
import { lockCampaign } from '../store/campaign.store.ts';
import { FeedContractRow } from '../store/feed-contract.row.ts';
import { newestContract } from '../store/feed-contract.store.ts';
import { FeedContractChangeRow } from '../store/feed-contract-change.row.ts';
import { lastContractNumber, lockContractChange } from '../store/feed-contract-change.store.ts';
import type { Transaction } from '../store/transaction.ts';
import type { DecideInput } from './decide-input.ts';
import type { Command, Facts } from './execute.ts';
import { findingsOf } from './feed-contract-findings.ts';

export interface ProposeFeedContract {
  readonly campaign: string;
  /** All columns of the contract as it is to be. */
  readonly columns: readonly ContractColumn[];
  readonly reason: string;
}

/** More faults of a proposal are not told. */
const TOLD_FAULTS = 20;

/**
 * Proposes another feed contract, with a reason. Refuses what no contract may be, forbidden data first of all, what changes nothing,
 * and a second proposal beside one that waits. A proposal is not edited: it is withdrawn and another made.
 */
export const proposeFeedContract: Command<ProposeFeedContract, FeedContractChangeRow> = {
  action: 'feedContract.propose',
  permission: 'feedContract.propose',
  about: ({ campaign }) => ({ campaign, subject: null }),
  async handle({ tx, now, actor, services }, { campaign: key, columns, reason }) {
    const campaign = await lockCampaign(tx, key);
    needNote(reason);
    const faults = proposalFaults({ columns });
    if (faults.length > 0)
      refuse('BAD_INPUT', 'FEED_CONTRACT', `${faults.slice(0, TOLD_FAULTS).join('; ')}.`);
    const base = await newestContract(tx, key);
    const digest = digestOfJson({ columns });
    if (digest === base.digest)
      refuse('BAD_INPUT', 'NO_DIFFERENCE', `Contract ${base.number} says just that.`);
    if ((await tx.countBy(FeedContractChangeRow, { campaign: key, status: 'PROPOSED' })) > 0)
      refuse('CONFLICT', 'OPEN_CHANGE', 'Another change waits: it is decided on or withdrawn first.');
    const findings = await findingsOf(tx, campaign, { before: base, after: { columns } }, now);
    const change = tx.create(FeedContractChangeRow, {
      id: services.ids.next(),
      campaign: key,
      base: base.number,
      columns,
      digest,
      reason,
      status: 'PROPOSED',
      proposedBy: actor.subject,
      proposedAt: now,
    });
    await tx.insert(FeedContractChangeRow, change);
    return {
      result: await tx.findOneByOrFail(FeedContractChangeRow, { id: change.id }),
      facts: factsOf(change, { before: null, after: 'PROPOSED', reason, findings: told(findings) }),
    };
  },
};

/**
 * Approves a proposed contract, by another person, for the feeds from the next week on. Refuses while it bars the live model; where
 * the findings warn, a note accepts them.
 */
export const approveFeedContractChange: Command<DecideInput, FeedContractChangeRow> = {
  action: 'feedContract.approve',
  permission: 'feedContract.decide',
  about: ({ id }) => ({ campaign: null, subject: id }),
  async handle({ tx, now, actor }, { id, note }) {
    const change = await toDecide(tx, id, actor.subject);
    const campaign = await lockCampaign(tx, change.campaign);
    const before = await newestContract(tx, change.campaign);
    if (before.number !== change.base)
      refuse('CONFLICT', 'BASE', `It changes contract ${change.base}, and ${before.number} is the newest.`);
    const findings = await findingsOf(tx, campaign, { before, after: change }, now);
    const barring = findings.filter(({ bars }) => bars);
    if (barring.length > 0)
      refuse('INVALID_STATE', 'FEED_CONTRACT', `${barring.map(({ message }) => message).join('; ')}.`);
    checkNote(note);
    if (findings.length > 0) needNote(note ?? '');
    const { timeZone } = campaign.definition;
    const fromWeek = addWeeks(weekIn(timeZone, now), 1);
    const effectiveFrom = beginOf(timeZone, fromWeek);
    const contract = 1 + (await lastContractNumber(tx, change.campaign));
    const { columns, digest } = change;
    const version = { campaign: change.campaign, number: contract, columns, digest, effectiveFrom, fromWeek };
    await tx.insert(FeedContractRow, version);
    const decided = { status: 'APPROVED' as const, decidedBy: actor.subject, decidedAt: now, note, contract };
    await tx.update(FeedContractChangeRow, { id }, decided);
    return {
      result: { ...change, ...decided },
      facts: factsOf(change, {
        ...decisionOn(change, decided.status, note),
        contract,
        fromWeek,
        effectiveFrom: effectiveFrom.toISOString(),
        findings: told(findings),
      }),
    };
  },
};

/** Rejects a proposed contract, with a note why, by another person than who proposed it. */
export const rejectFeedContractChange: Command<DecideInput, FeedContractChangeRow> = {
  action: 'feedContract.reject',
  permission: 'feedContract.decide',
  about: ({ id }) => ({ campaign: null, subject: id }),
  async handle({ tx, now, actor }, { id, note }) {
    const change = await toDecide(tx, id, actor.subject);
    needNote(note ?? '');
    const decided = { status: 'REJECTED' as const, decidedBy: actor.subject, decidedAt: now, note };
    await tx.update(FeedContractChangeRow, { id }, decided);
    return {
      result: { ...change, ...decided },
      facts: factsOf(change, decisionOn(change, decided.status, note)),
    };
  },
};

/** Withdraws a change, with a note why: a proposed one, or an approved one whose first week has not begun. */
export const withdrawFeedContractChange: Command<DecideInput, FeedContractChangeRow> = {
  action: 'feedContract.withdraw',
  permission: 'feedContract.withdraw',
  about: ({ id }) => ({ campaign: null, subject: id }),
  async handle({ tx, now, actor }, { id, note }) {
    const change = await held(tx, id);
    needNote(note ?? '');
    const { definition } = await lockCampaign(tx, change.campaign);
    if (change.status !== 'PROPOSED' && change.status !== 'APPROVED') wrongStatus(change);
    const { campaign, contract: number } = change;
    if (number !== null) {
      const { fromWeek } = await tx.findOneByOrFail(FeedContractRow, { campaign, number });
      if (fromWeek === null || fromWeek <= weekIn(definition.timeZone, now))
        refuse(
          'INVALID_STATE',
          'EFFECTIVE',
          'Feeds are judged by it already: propose the contract before it anew.',
        );
      if ((await newestContract(tx, campaign)).number !== number)
        refuse('CONFLICT', 'BASE', 'A later change was made to it: withdraw that first.');
      await tx.update(FeedContractRow, { campaign, number }, { withdrawnAt: now });
    }
    const withdrawn = { withdrawnBy: actor.subject, withdrawnAt: now, withdrawalNote: note };
    const changed = { status: 'WITHDRAWN' as const, ...withdrawn };
    await tx.update(FeedContractChangeRow, { id }, changed);
    return {
      result: { ...change, ...changed },
      facts: factsOf(change, { ...decisionOn(change, changed.status, note), contract: number }),
    };
  },
};

async function held(tx: Transaction, id: string): Promise<FeedContractChangeRow> {
  return (
    (await lockContractChange(tx, id)) ??
    refuse('NOT_FOUND', 'FEED_CONTRACT_CHANGE', 'There is no such change of a feed contract.')
  );
}

/** A proposed change, held, for somebody else than who proposed it. */
async function toDecide(tx: Transaction, id: string, by: string): Promise<FeedContractChangeRow> {
  const change = await held(tx, id);
  if (change.status !== 'PROPOSED') wrongStatus(change);
  if (change.proposedBy === by)
    refuse('FOUR_EYES', 'ANOTHER_PERSON', 'Another person must decide on what you proposed.');
  return change;
}

function wrongStatus({ status }: FeedContractChangeRow): never {
  return refuse('INVALID_STATE', 'CHANGE_STATUS', `The change is ${status} already.`);
}

function decisionOn({ status, proposedBy }: FeedContractChangeRow, after: string, reason: string | null) {
  return { before: status, after, proposedBy, reason };
}

function told(findings: readonly ContractFinding[]): readonly string[] {
  return findings.map(({ rule, message }) => `${rule}: ${message}`);
}

function factsOf(
  { campaign, id, digest, base }: Pick<FeedContractChangeRow, 'campaign' | 'id' | 'digest' | 'base'>,
  details: NonNullable<Facts['details']>,
): Facts {
  return { campaign, subject: id, digest, details: { base, ...details } };
}
