import {
  amended,
  type ChangeState,
  neededApprovals,
  proposed,
  proposingRole,
} from '../domain/config-change.ts';
import type { ConfigPatch } from '../domain/config-patch.ts';
import { obey, type Refusal, refuse } from '../domain/refusal.ts';
import { lockCampaign } from '../store/campaign.store.ts';
import { ConfigChangeRow } from '../store/config-change.row.ts';
import { changeById, lockChange, openChangeLike } from '../store/config-change.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { changeDigest, changeFacts } from './config-change-facts.ts';
import { type Wish, type WishedSettings, type WorkedWish, wishedSettings, workOut } from './config-wish.ts';
import { type Caller, type Command, execute, permit } from './execute.ts';
import type { Services } from './services.ts';

/**
 * Proposes to change the settings of a campaign: judged by their rules, with the impact on the last recorded weeks. Refuses to cut
 * an evaluation unless the proposer accepts its loss. Throws RefusalError.
 */
export async function proposeConfigChange(
  services: Services,
  caller: Caller,
  input: Wish & { readonly campaign: string },
  signal: AbortSignal,
): Promise<ConfigChangeRow> {
  await permit(services, caller, 'config.propose');
  const wishOf = async () => {
    await refuseTwice(services.db.manager, caller.actor.subject, input);
    return { ...input, revision: 0 };
  };
  const worked = await workOut(services, wishOf, signal);
  return execute(services, caller, propose, { campaign: input.campaign, worked });
}

/** Refuses what the same person proposed already and nobody has closed: pressed twice, it would be two changes of which one is stale. */
async function refuseTwice(
  tx: Transaction,
  by: string,
  { campaign, patch }: Pick<WorkedWish, 'campaign' | 'patch'>,
): Promise<void> {
  const open = await openChangeLike(tx, { campaign, proposedBy: by, patch });
  if (open !== null)
    refuse('CONFLICT', 'ALREADY_PROPOSED', `You proposed just this in change ${open}: amend or withdraw it.`);
}

const propose: Command<
  { readonly campaign: string; readonly worked: WorkedWish | Refusal },
  ConfigChangeRow
> = {
  action: 'config.propose',
  permission: 'config.propose',
  about: ({ campaign }) => ({ campaign, subject: null }),
  async handle({ tx, now, actor, services }, { campaign: key, worked }) {
    const wish = obey(worked);
    const campaign = await lockCampaign(tx, key);
    await refuseTwice(tx, actor.subject, wish);
    const wished = await wishedSettings(tx, campaign, wish, now);
    const state = proposed(actor.subject, neededApprovals(proposingRole(actor), fieldsOf(wished)));
    const revision = revisionOf(wished, state, { campaign: key, revision: 1, by: actor.subject, at: now });
    const { subject: proposedBy } = actor;
    const row = { ...revision, id: services.ids.next(), campaign: key, proposedBy, proposedAt: now };
    await tx.insert(ConfigChangeRow, row);
    return { result: row, facts: changeFacts(row, { before: null, ...saidOf(row) }) };
  },
};

/** What of a change is to be another; null stays as it is. The settings are worked out anew from those in force. */
export interface AmendConfigChange {
  readonly id: string;
  readonly patch: ConfigPatch | null;
  readonly reason: string | null;
  readonly acceptsEvaluationLoss: boolean | null;
}

/**
 * Edits a change, or works it out anew where other settings became effective meanwhile. The next revision is the editor's as well,
 * and every approval of the one before is void. Throws RefusalError.
 */
export async function amendConfigChange(
  services: Services,
  caller: Caller,
  { id, ...wanted }: AmendConfigChange,
  signal: AbortSignal,
): Promise<ConfigChangeRow> {
  await permit(services, caller, 'config.propose');
  const wishOf = async () => {
    const { campaign, revision, ...known } = await changeById(services.db.manager, id);
    return {
      campaign,
      revision,
      patch: wanted.patch ?? known.patch,
      reason: wanted.reason ?? known.reason,
      acceptsEvaluationLoss: wanted.acceptsEvaluationLoss ?? known.acceptsEvaluationLoss,
    };
  };
  return execute(services, caller, amend, { id, worked: await workOut(services, wishOf, signal) });
}

const amend: Command<{ readonly id: string; readonly worked: WorkedWish | Refusal }, ConfigChangeRow> = {
  action: 'config.amend',
  permission: 'config.propose',
  about: ({ id }) => ({ campaign: null, subject: id }),
  async handle({ tx, now, actor }, { id, worked }) {
    const wish = obey(worked);
    const { change, campaign, state } = await lockChange(tx, id);
    if (wish.revision !== change.revision)
      refuse('CONFLICT', 'REVISION', 'Somebody else edited the change just now; look at it again.');
    const wished = await wishedSettings(tx, campaign, wish, now);
    const needs = neededApprovals(proposingRole(actor), fieldsOf(wished));
    const next = obey(amended(state, actor.subject, needs));
    const revision = revisionOf(wished, next, {
      campaign: change.campaign,
      revision: change.revision + 1,
      by: actor.subject,
      at: now,
    });
    await tx.update(ConfigChangeRow, { id }, revision);
    const row = { ...change, ...revision };
    const voided = state.approvals.map(({ by }) => by);
    return { result: row, facts: changeFacts(row, { before: change.status, voided, ...saidOf(row) }) };
  },
};

function fieldsOf({ differences }: WishedSettings): readonly string[] {
  return differences.map(({ field }) => field);
}

/** What an edit makes anew of a change. */
type Revision = Omit<ConfigChangeRow, 'id' | 'campaign' | 'proposedBy' | 'proposedAt'>;

function revisionOf(
  wished: WishedSettings,
  { status, hands, needs }: ChangeState,
  of: { readonly campaign: string; readonly revision: number; readonly by: string; readonly at: Date },
): Revision {
  const { campaign, revision, by, at } = of;
  const content = { ...wished, revision, hands: [...hands], needs: [...needs] };
  const undecided = { decidedBy: null, decidedAt: null, note: null, version: null };
  const digest = changeDigest({ ...content, campaign });
  return { ...content, ...undecided, status, digest, revisedBy: by, revisedAt: at };
}

function saidOf({ reason, needs, cutsEvaluation }: ConfigChangeRow) {
  return { reason, needs, cutsEvaluation };
}
