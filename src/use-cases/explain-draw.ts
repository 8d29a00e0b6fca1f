import { recordedAt, statusOn } from '../domain/data-use.ts';
import { EligibilityRules } from '../domain/eligibility.ts';
import type { Drawn, ExplainedDecision, ExplanationFacts, MailOutcome } from '../domain/explanation.ts';
import { layoutOf } from '../domain/feed-contract.ts';
import type { ModelCard } from '../domain/model-card.ts';
import { drawnRuleTrace } from '../domain/rule-trace.ts';
import { dateIn, type IsoDate, weekOf } from '../domain/week.ts';
import { dataUsesDeclaredBy } from '../store/campaign.reads.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { ConfigVersionRow } from '../store/config-version.row.ts';
import type { RecordedDecision } from '../store/decision.reads.ts';
import { type DrawnCustomer, drawnDecision, frozenRowOf } from '../store/drawn-decision.reads.ts';
import { FeedContractRow } from '../store/feed-contract.row.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import { RunRow } from '../store/run.row.ts';
import { frozenRows } from '../store/snapshot.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { selectionKeys } from './decisions.ts';
import { refuseErasedSnapshot } from './erase-customer.ts';
import { CONSENT_DATE } from './explain-customers.ts';
import { cellOf } from './frozen-cells.ts';
import type { RecordedWeek } from './recorded-week.ts';

/** Why a customer is in a fallback batch, as far as the record has it. */
export interface ExplainedDraw {
  readonly decision: RecordedDecision;
  readonly facts: ExplanationFacts;
  readonly mail: MailOutcome;
  readonly drawn: Drawn;
  readonly config: RecordedWeek['config'];
  readonly contract: RecordedWeek['contract'];
  readonly dataUses: ExplainedDecision['dataUses'];
  /** Of the model that the snapshot's run was started with: it had no part in the draw. */
  readonly card: ModelCard;
}

/**
 * Says how a customer came into a fallback batch: from the frozen row that it was drawn from and the settings of that day. Refuses
 * ERASED where the snapshot is past its period.
 */
export async function explainDraw(
  tx: Transaction,
  customer: string,
  { batch, drawnAt, snapshotRunId, configId, dropped, mail }: DrawnCustomer,
): Promise<ExplainedDraw> {
  const run = await tx.findOneByOrFail(RunRow, { id: snapshotRunId });
  await refuseErasedSnapshot(tx, run);
  const { key, definition, seed } = await campaignOf(tx, run.campaign);
  const { id, number, settings, effectiveFrom } = await tx.findOneByOrFail(ConfigVersionRow, {
    id: configId,
  });
  const { columns } = await tx.findOneByOrFail(FeedContractRow, { campaign: key, number: run.contract });
  const { card } = await tx.findOneByOrFail(ModelVersionRow, { id: run.modelId });
  const layout = layoutOf({ columns });
  const row = await frozenRowOf(tx, run.id, customer);
  if (row === undefined || run.asOf === null)
    throw new Error(`batch ${batch} has a customer who is not in the snapshot of run ${run.id}`);
  const block = await frozenRows(tx, run.id, layout, [row]);
  const today = dateIn(definition.timeZone, drawnAt);
  const rules = new EligibilityRules(layout, settings, definition.flowDays, today);
  const since = weekOf(dateIn(definition.timeZone, effectiveFrom));
  const { holdout } = selectionKeys({ seed, week: weekOf(today) }, settings, since);
  const consentedOn = cellOf(layout, block, 0, CONSENT_DATE);
  return {
    decision: drawnDecision({ batch, snapshotRunId }, customer),
    facts: {
      format: 'explanation/1',
      asOf: run.asOf,
      consentedOn: typeof consentedOn === 'string' ? consentedOn : null,
      rules: drawnRuleTrace(rules, block, 0, holdout.fraction(customer)),
      attribution: null,
      counterfactual: null,
    },
    mail,
    drawn: { batch, at: drawnAt, dropped },
    config: { id, number, settings },
    contract: { columns },
    dataUses: await dataUsesInForce(tx, key, drawnAt, today),
    card,
  };
}

/** The data uses of a campaign that were in force at an instant, as they were recorded then. @param day of the instant */
async function dataUsesInForce(
  tx: Transaction,
  campaign: string,
  at: Date,
  day: IsoDate,
): Promise<ExplainedDecision['dataUses']> {
  const declared = await dataUsesDeclaredBy(tx, campaign, at);
  return declared
    .map((use) => recordedAt(use, at))
    .filter((use) => statusOn(use, day) === 'SIGNED_OFF')
    .map(({ columns, source, purpose, legalBasis }) => ({ columns, source, purpose, legalBasis }));
}
