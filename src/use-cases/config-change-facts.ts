import { digestOfJson } from '../audit/digest.ts';
import type { ConfigChangeRow } from '../store/config-change.row.ts';
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
