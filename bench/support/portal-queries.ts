import type { IsoWeek } from '../../src/domain/week.ts';

/** What one of the kinds of portal query sends: each connection any of these, at random. */
export interface PortalQuery {
  readonly name: string;
  readonly connections: number;
  readonly requests: readonly PortalRequest[];
}

export interface PortalRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Whom and what the queries ask about. */
export interface PortalSubjects {
  readonly campaign: string;
  /** Customers with a week in which they were to be mailed. */
  readonly mailed: readonly { readonly week: IsoWeek; readonly customer: string }[];
  readonly weeks: readonly IsoWeek[];
  readonly modelId: string;
}

export interface PortalTokens {
  readonly portal: string;
  readonly operator: string;
  readonly marketeer: string;
  readonly compliance: string;
}

/** So many people sit in the contact centre: each stays within the pace and the alarm that are set when nothing is. */
const AGENTS = 5000;
/** Different requests of a kind; enough that nothing is answered out of one page of the database. */
const DIFFERENT = 5000;

export const EXPLANATION = 'explanation';

const TEXTS = {
  explanation: `query ($campaign: String!, $week: IsoWeek!, $customer: ID!) {
    explanation(campaign: $campaign, week: $week, customer: $customer, audience: CUSTOMER, language: NL) { title text } }`,
  history: `query ($customer: ID!) {
    customerHistory(customer: $customer, first: 20) { edges { node { outcome arm reasons recipientStatus run { week status } } } } }`,
  funnel: `query ($campaign: String!, $week: IsoWeek!) {
    run(campaign: $campaign, week: $week) { week status funnel { considered eligible mailed heldOut arms { arm count } reasons { reason decisive } } checks { name verdict message } } }`,
  campaign: `query ($campaign: String!) {
    campaign(key: $campaign) { name paused nextRunAt config { number } liveModel { name version } currentRun { week status batch { size status } } } }`,
  batches: `query ($campaign: String!) {
    batches(campaign: $campaign, first: 20) { edges { node { id size status digest run { week } review { pending fine wrong removed } } } } }`,
  decisions: `query ($campaign: String!, $week: IsoWeek!) {
    decisions(campaign: $campaign, week: $week, outcome: [MAIL], first: 50) { edges { node { customer outcome arm rank } } pageInfo { endCursor hasNextPage } } }`,
  model: `query ($id: ID!) {
    modelVersion(id: $id) { name version status intendedUse weaknesses features { name } gates { name verdict } livePeriods { from until } } }`,
  audit: `query { auditEntries(first: 50) { edges { node { index at actor role action subject summary } } pageInfo { endCursor } } }`,
} as const;

/** Two hundred connections as a bank's portals share them: most are of the contact centre. */
export function portalQueries(subjects: PortalSubjects, tokens: PortalTokens): readonly PortalQuery[] {
  const { campaign, mailed, weeks, modelId } = subjects;
  const [customer, review] = [{ 'x-purpose': 'CUSTOMER_QUESTION' }, { 'x-purpose': 'REVIEW' }];
  const some = <T>(of: readonly T[], make: (one: T, n: number) => PortalRequest): readonly PortalRequest[] =>
    Array.from({ length: DIFFERENT }, (_, n) => of[(n * 7919) % of.length]).flatMap((one, n) =>
      one === undefined ? [] : [make(one, n)],
    );
  const ask = (
    token: string,
    query: string,
    variables: object,
    headers: Readonly<Record<string, string>> = {},
  ): PortalRequest => ({
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return [
    {
      name: EXPLANATION,
      connections: 110,
      requests: some(mailed, (one, n) =>
        ask(
          tokens.portal,
          TEXTS.explanation,
          { campaign, ...one },
          { ...customer, 'x-agent': `agent-${n % AGENTS}` },
        ),
      ),
    },
    {
      name: 'customerHistory',
      connections: 20,
      requests: some(mailed, ({ customer: id }) =>
        ask(tokens.operator, TEXTS.history, { customer: id }, customer),
      ),
    },
    {
      name: 'run and funnel',
      connections: 20,
      requests: weeks.map((week) => ask(tokens.marketeer, TEXTS.funnel, { campaign, week })),
    },
    { name: 'campaign', connections: 20, requests: [ask(tokens.marketeer, TEXTS.campaign, { campaign })] },
    { name: 'batches', connections: 10, requests: [ask(tokens.marketeer, TEXTS.batches, { campaign })] },
    {
      name: 'decisions, a page',
      connections: 10,
      requests: weeks.map((week) => ask(tokens.operator, TEXTS.decisions, { campaign, week }, review)),
    },
    {
      name: 'model version',
      connections: 5,
      requests: [ask(tokens.compliance, TEXTS.model, { id: modelId })],
    },
    { name: 'audit entries, a page', connections: 5, requests: [ask(tokens.compliance, TEXTS.audit, {})] },
  ];
}
