import { needCustomer } from '../domain/customer.ts';
import { refuse } from '../domain/refusal.ts';
import type { IsoWeek } from '../domain/week.ts';
import { listRecipients, type SampledRecipient, sampleOf } from '../store/batch.reads.ts';
import type { BatchRow } from '../store/batch.row.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { decisionIn, type RecordedDecision } from '../store/decision.reads.ts';
import { type DecisionFilter, listDecisions } from '../store/decision-list.reads.ts';
import { drawnCustomer, drawnDecision } from '../store/drawn-decision.reads.ts';
import { listHistory, type PastDecision } from '../store/history.reads.ts';
import type { RecipientRow } from '../store/recipient.row.ts';
import { runOf } from '../store/run.reads.ts';
import type { Slice } from '../store/slice.ts';
import { refuseErased, refuseErasedRun } from './erase-customer.ts';
import type { Caller } from './execute.ts';
import { readCustomerData } from './read-customer-data.ts';
import type { Services } from './services.ts';

/** How many of the rows are shown: the one beyond tells only that there are more. */
const shown = (rows: readonly unknown[], { first }: Slice) => ({ customers: Math.min(rows.length, first) });

/** What the current run of a week decided on a customer, or where none did, their draw into a fallback batch; null without either. */
export async function readDecision(
  services: Services,
  caller: Caller,
  { campaign, week, customer }: { campaign: string; week: IsoWeek; customer: string },
): Promise<RecordedDecision | null> {
  const facts = { campaign, subject: null, details: { week } };
  const found = (decision: RecordedDecision | null) => ({ found: decision !== null });
  return readCustomerData(
    services,
    caller,
    { action: 'decision.read', facts, customer, found },
    async (tx) => {
      needCustomer(customer);
      const run = await runOf(tx, campaign, week, null);
      const decided = run !== null && run.decisionRoot !== null;
      const decision = decided ? await decisionIn(tx, run.id, customer) : undefined;
      if (decision !== undefined) return decision;
      const drawn = await drawnCustomer(tx, campaign, week, customer);
      if (drawn !== undefined) return drawnDecision(drawn, customer);
      await refuseErased(tx, services, customer);
      if (decided) await refuseErasedRun(tx, run);
      return null;
    },
  );
}

/** A page of the decisions of a week's current run, none when it has not decided; refuses NOT_FOUND without a run. */
export async function readDecisions(
  services: Services,
  caller: Caller,
  { campaign, week, filter }: { campaign: string; week: IsoWeek; filter: DecisionFilter },
  slice: Slice,
): Promise<readonly RecordedDecision[]> {
  const facts = { campaign, subject: null, details: { week, ...asked(filter) } };
  const found = (rows: readonly RecordedDecision[]) => shown(rows, slice);
  return readCustomerData(services, caller, { action: 'decision.list', facts, found }, async (tx) => {
    await campaignOf(tx, campaign);
    const run = await runOf(tx, campaign, week, null);
    if (run === null) return refuse('NOT_FOUND', 'RUN', `There is no run of ${week}.`);
    return run.decisionRoot === null ? [] : listDecisions(tx, run.id, filter, slice);
  });
}

function asked({ outcomes, reasons, arms }: DecisionFilter) {
  return {
    ...(outcomes === null ? {} : { outcomes }),
    ...(reasons === null ? {} : { reasons }),
    ...(arms === null ? {} : { arms }),
  };
}

/** A page of what was decided on a customer, of one campaign or of all. */
export async function readHistory(
  services: Services,
  caller: Caller,
  { customer, campaign }: { customer: string; campaign: string | null },
  slice: Slice,
): Promise<readonly PastDecision[]> {
  const facts = { campaign, subject: null };
  const found = (rows: readonly PastDecision[]) => ({ decisions: Math.min(rows.length, slice.first) });
  return readCustomerData(
    services,
    caller,
    { action: 'customer.history', facts, customer, found },
    async (tx) => {
      needCustomer(customer);
      if (campaign !== null) await campaignOf(tx, campaign);
      const decisions = await listHistory(tx, customer, campaign, slice);
      if (decisions.length === 0 && slice.after === null) await refuseErased(tx, services, customer);
      return decisions;
    },
  );
}

/** A page of the recipients of a batch. */
export async function readRecipients(
  services: Services,
  caller: Caller,
  batch: BatchRow,
  slice: Slice,
): Promise<readonly RecipientRow[]> {
  const found = (rows: readonly RecipientRow[]) => shown(rows, slice);
  return readCustomerData(
    services,
    caller,
    { action: 'batch.recipients', facts: factsOf(batch), found },
    (tx) => listRecipients(tx, batch.id, slice),
  );
}

/** The review sample of a batch. */
export async function readSample(
  services: Services,
  caller: Caller,
  batch: BatchRow,
): Promise<readonly SampledRecipient[]> {
  const found = (items: readonly SampledRecipient[]) => ({ customers: items.length });
  return readCustomerData(services, caller, { action: 'batch.sample', facts: factsOf(batch), found }, (tx) =>
    sampleOf(tx, batch.id),
  );
}

function factsOf({ campaign, id, week }: BatchRow) {
  return { campaign, subject: id, details: { week } };
}
