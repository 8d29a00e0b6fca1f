import { digestOfJson } from '../audit/digest.ts';
import { type Circumstances, obstaclesTo, staleText } from '../domain/config-proposal.ts';
import { dateIn } from '../domain/week.ts';
import { campaignsByKey } from '../store/campaign.reads.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import { configAt } from '../store/campaign.store.ts';
import type { ConfigChangeRow } from '../store/config-change.row.ts';
import type { ConfigVersionRow } from '../store/config-version.row.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Facts } from './execute.ts';

/** What an approver of a change approves. */
export type ChangeContent = Pick<
  ConfigChangeRow,
  | 'campaign'
  | 'reason'
  | 'patch'
  | 'base'
  | 'settings'
  | 'differences'
  | 'impact'
  | 'cutsEvaluation'
  | 'acceptsEvaluationLoss'
  | 'revision'
  | 'hands'
  | 'needs'
>;

/** The digest of all that an approver sees and that an edit changes. The walk of the record forms it anew (recorded-state.reads.ts). */
export function changeDigest(content: ChangeContent): string {
  const { campaign, reason, patch, base, settings, differences, impact } = content;
  const { cutsEvaluation, acceptsEvaluationLoss, revision, hands, needs } = content;
  const shown = { campaign, reason, patch, base, settings, differences, impact };
  return digestOfJson({ ...shown, cutsEvaluation, acceptsEvaluationLoss, revision, hands, needs });
}

/** What the log says of every act on a change. */
export function changeFacts(
  change: ConfigChangeRow,
  details: NonNullable<Facts['details']> & { readonly before: string | null },
): Facts {
  const { campaign, id, digest, status, revision, base, settings, differences } = change;
  return {
    campaign,
    subject: id,
    digest,
    details: {
      after: status,
      revision,
      base,
      settings: digestOfJson(settings),
      fields: differences.map(({ field }) => field),
      ...details,
    },
  };
}

/** What settings of a campaign are judged against now, and those in force. */
export async function standingOf(
  tx: Transaction,
  { key, definition }: CampaignRow,
  now: Date,
): Promise<{ readonly inForce: ConfigVersionRow; readonly circumstances: Circumstances }> {
  const inForce = await configAt(tx, key, now);
  const model = await tx.findOneBy(ModelVersionRow, { campaign: key, status: 'LIVE' });
  const features = model?.card.features.map(({ name }) => name) ?? null;
  return { inForce, circumstances: { today: dateIn(definition.timeZone, now), features } };
}

/** Of each change why it could not be approved now as it stands: nothing of one that is closed. */
export async function obstaclesNow(
  tx: Transaction,
  changes: readonly ConfigChangeRow[],
  now: Date,
): Promise<readonly (readonly string[])[]> {
  const keys = [...new Set(changes.map(({ campaign }) => campaign))];
  const standings = new Map<string, Awaited<ReturnType<typeof standingOf>>>();
  for (const campaign of await campaignsByKey(tx, keys))
    standings.set(campaign.key, await standingOf(tx, campaign, now));
  return changes.map(({ campaign, status, base, settings }) => {
    const standing = standings.get(campaign);
    if (standing === undefined || (status !== 'PROPOSED' && status !== 'APPROVED')) return [];
    const { inForce, circumstances } = standing;
    if (inForce.number !== base) return [staleText(base, inForce.number)];
    return obstaclesTo(inForce.settings, settings, circumstances);
  });
}
