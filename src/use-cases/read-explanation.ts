import type { CampaignDefinition } from '../domain/campaign.ts';
import { needCustomer } from '../domain/customer.ts';
import type { Audience, ExplainedDecision, ExplanationFacts, MailOutcome } from '../domain/explanation.ts';
import { type ExplanationText, explainInWords } from '../domain/explanation-text.ts';
import type { Permission } from '../domain/permissions.ts';
import type { PhraseLanguage } from '../domain/ports.ts';
import { refuse } from '../domain/refusal.ts';
import type { IsoWeek } from '../domain/week.ts';
import { type AskedDecision, askedDecision } from '../store/asked-decision.reads.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { holdCustomer } from '../store/customer-pseudonym.store.ts';
import { decisionIn, type RecordedDecision } from '../store/decision.reads.ts';
import { drawnCustomer } from '../store/drawn-decision.reads.ts';
import { keepExplanations, keptExplanation } from '../store/explanation.store.ts';
import type { Database, Transaction } from '../store/transaction.ts';
import { refuseErased, refuseErasedRun, refuseErasedSnapshot } from './erase-customer.ts';
import type { Caller } from './execute.ts';
import { assertAddsUp, Explainer } from './explain-customers.ts';
import { explainDraw } from './explain-draw.ts';
import { Kept } from './kept.ts';
import { readCustomerData } from './read-customer-data.ts';
import { type RecordedWeek, recordedWeek } from './recorded-week.ts';
import type { Services } from './services.ts';

/** Whose decision is asked about, and for whom the answer is. */
export interface AskedExplanation {
  readonly campaign: string;
  readonly week: IsoWeek;
  readonly customer: string;
  readonly audience: Audience;
  readonly language: PhraseLanguage;
}

/** Why a decision fell as it did. */
export interface Explanation {
  readonly decision: RecordedDecision;
  readonly facts: ExplanationFacts;
  readonly mail: MailOutcome | null;
  /** What it was decided with; no model had a part in a draw. */
  readonly recorded: Pick<RecordedWeek, 'week' | 'config'> & { readonly modelId: string | null };
  readonly words: ExplanationText;
  /** The version of the texts. */
  readonly texts: string;
  /** The draw into a fallback batch of that week, beside what its run decided. */
  readonly beside: Explanation | null;
  /** The name that the log has for the customer; null where it had none when they were asked about. */
  readonly name: string | null;
}

const PERMISSION = {
  INTERNAL: 'explanation.readInternal',
  CUSTOMER: 'explanation.readCustomer',
} as const satisfies Record<Audience, Permission>;

/** By digest: whoever asks gets the contact lines of today. */
const DEFINITIONS = new Kept<CampaignDefinition>(100);

/**
 * Why the current run of a week decided on a customer as it did, in words for an audience; or how they came into a fallback batch of
 * that week, or both. Computed at the first asking where the run did not, and then kept. Refuses NOT_FOUND for a customer who was not
 * in the week's feed, ERASED for what is no more.
 */
export async function readExplanation(
  services: Services,
  caller: Caller,
  asked: AskedExplanation,
): Promise<Explanation> {
  const { campaign, week, customer, audience, language } = asked;
  const details = { week, audience, language, texts: services.phrases.version };
  return readCustomerData(
    services,
    caller,
    {
      action: 'explanation.read',
      permission: PERMISSION[audience],
      facts: { campaign, subject: null, details },
      customer,
      found: ({ decision, beside }) => ({
        found: true,
        ...told(decision),
        ...(beside === null ? {} : told(beside.decision)),
      }),
      named: ({ name }) => name,
    },
    (tx) => explanationOf(tx, services, asked),
  );
}

/** What was explained: the decision of a run, or a draw. */
function told({ runId, fallbackBatch }: RecordedDecision) {
  return fallbackBatch === undefined ? { run: runId } : { fallbackBatch };
}

async function explanationOf(
  tx: Transaction,
  services: Services,
  request: AskedExplanation,
): Promise<Explanation> {
  const { campaign: key, week, customer, audience, language } = request;
  needCustomer(customer);
  const asked = await lookUp(tx, services.db, request);
  if (asked === undefined)
    return refuse('NOT_FOUND', 'CAMPAIGN', `There is no campaign ${JSON.stringify(key)}.`);
  const definition = await DEFINITIONS.of(
    services.db,
    asked.definitionDigest,
    async () => (await campaignOf(tx, key)).definition,
  );
  const texts = services.phrases.version;
  const say = (one: ExplainedDecision) => explainInWords(services.phrases, one, audience, language);
  const { decision, mail, name } = asked;
  const place = asked.drawn ? await drawnCustomer(tx, key, week, customer) : undefined;
  const draw = place && (await explainDraw(tx, customer, place));
  const ofDraw = draw && { week, campaign: definition, ...draw };
  const told: Explanation | null =
    draw === undefined || ofDraw === undefined
      ? null
      : {
          ...draw,
          recorded: { week, config: draw.config, modelId: null },
          words: say(ofDraw),
          texts,
          beside: null,
          name,
        };
  if (decision === null) {
    if (told !== null) return told;
    // Of an erased customer no batch is left that would say of which week there was something to explain.
    if (asked.run?.decided !== true) await refuseErased(tx, services, customer);
    return refuseUndecided(tx, services, { id: decidedRun(asked, week), week }, customer);
  }
  const recorded = await recordedWeek(services.db, tx, decision.runId);
  const facts = asked.facts ?? (await explainNow(tx, services, recorded, decision));
  assertAddsUp(facts, decision);
  const { card, config, contract, dataUses } = recorded;
  const record = { week, contract, card, config, dataUses, decision, facts, mail };
  const explained = { ...record, campaign: definition, ...(ofDraw === undefined ? {} : { beside: ofDraw }) };
  return { decision, facts, mail, recorded, words: say(explained), texts, beside: told, name };
}

/** The run of each week that was current when somebody asked last: a guess, which the next question puts right. */
const CURRENT = new WeakMap<Database, Map<string, string>>();

async function lookUp(
  tx: Transaction,
  db: Database,
  request: AskedExplanation,
): Promise<AskedDecision | undefined> {
  const current = CURRENT.get(db) ?? new Map<string, string>();
  CURRENT.set(db, current);
  const week = `${request.campaign} ${request.week}`;
  const asked = await askedDecision(tx, request, current.get(week) ?? null);
  if (asked?.run?.decided === true) current.set(week, asked.run.id);
  return asked;
}

function decidedRun({ run }: AskedDecision, week: IsoWeek): string {
  if (run === null) return refuse('NOT_FOUND', 'RUN', `There is no run of ${week}.`);
  if (run.decided) return run.id;
  return refuse('INVALID_STATE', 'RUN_DECIDED', `The run of ${week} is ${run.status}: it decided nothing.`);
}

async function refuseUndecided(
  tx: Transaction,
  services: Services,
  run: { readonly id: string; readonly week: IsoWeek },
  customer: string,
): Promise<never> {
  await refuseErased(tx, services, customer);
  await refuseErasedRun(tx, run);
  return refuse(
    'NOT_FOUND',
    'IN_FEED',
    `This customer was not in the feed of ${run.week}: nothing was decided on them.`,
  );
}

/** Two who ask at once get the same: the second waits for the first. Nobody is explained who is just being erased. */
async function explainNow(
  tx: Transaction,
  services: Services,
  recorded: RecordedWeek,
  { customer }: RecordedDecision,
): Promise<ExplanationFacts> {
  const { runId, week } = recorded;
  await holdCustomer(tx, customer);
  const kept = await keptExplanation(tx, runId, customer);
  if (kept !== undefined) return kept;
  const decision = await decisionIn(tx, runId, customer);
  if (decision === undefined) return refuseUndecided(tx, services, { id: runId, week }, customer);
  await refuseErasedSnapshot(tx, { id: runId, week });
  await using explainer = await Explainer.open(tx, services, recorded);
  const [facts] = await explainer.explain([decision]);
  if (facts === undefined) throw new Error(`run ${runId}, row ${decision.row}: nothing was explained`);
  await keepExplanations(tx, runId, services.clock.now(), [{ customer, facts }]);
  return facts;
}
