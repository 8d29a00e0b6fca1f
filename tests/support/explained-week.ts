import type { Scorer } from '../../src/domain/ports.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { ApiService } from './api-service.ts';
import { decisionsOf, type RecordedRow } from './run-record.ts';
import { customers, deliver, installSmall, SMALL } from './small-campaign.ts';

export const EXPLAINED_WEEK = '2026-W45';
const COUNT = 130;

/** What a customer may be told. */
export const FIELDS = `title text textVersion outcome score threshold baseline method week
  reasons { reason text } rules { rule value limit verdict configVersion }
  contributions { feature label value display contribution standardError parts { column label display } }
  counterfactual { feature label from to scoreAfter outcomeAfter text }
  dataUsed { label purpose source asOf } dataNotUsed legalBasis objection contact
  decision { customer outcome arm reasons score rank recipientStatus proof { leaf salt index size path root } }`;
const INSIDE = `${FIELDS} model { id name } config { number threshold } decision { run { id } }`;

export const explanationQuery = (
  fields: string,
  week = EXPLAINED_WEEK,
) => `query ($customer: ID!, $audience: Audience!) {
  explanation(campaign: "${SMALL}", week: "${week}", customer: $customer, audience: $audience, language: EN) { ${fields} }
}`;

/** A week with a decision of every kind that awaits review, and one after it without a feed. Whoever starts one stops it. */
export class ExplainedWeek {
  private constructor(
    readonly service: ApiService,
    readonly run: RunRow,
    readonly decisions: readonly RecordedRow[],
  ) {}

  static async start(replace: { readonly scorer?: Scorer } = {}): Promise<ExplainedWeek> {
    const service = await ApiService.start(replace);
    const { harness } = service;
    await installSmall(harness, { holdoutShare: 0.3, explorationSize: 5, capacity: 40 });
    await deliver(harness, {
      week: EXPLAINED_WEEK,
      customers: customers(COUNT, (n) => ({
        likely: n === 13 ? null : n / COUNT,
        opt_in: n % 7 !== 0,
        age: n % 11 === 0 ? 16 : 40,
        deceased: n % 14 === 0,
      })),
    });
    const run = await harness.run(SMALL, EXPLAINED_WEEK);
    // No feed: the week halts before anything is decided.
    await harness.run(SMALL, '2026-W46');
    return new ExplainedWeek(service, run, await decisionsOf(harness.services.db, run.id));
  }

  /** The operator is told everything, the contact centre what a customer may be told. */
  async explain(person: 'olga' | 'cees', customer: string, audience: 'INTERNAL' | 'CUSTOMER') {
    const query = explanationQuery(person === 'olga' ? INSIDE : FIELDS);
    return (await this.service.get(person, query, { customer, audience })).explanation;
  }

  /** One decision of every kind: what it is, which arm, and what decided. */
  kinds(): readonly RecordedRow[] {
    const kindOf = ({ outcome, arm, reasons }: RecordedRow) => `${outcome} ${arm} ${reasons[0]}`;
    return [...new Map(this.decisions.map((decision) => [kindOf(decision), decision])).values()];
  }

  stop(): Promise<void> {
    return this.service.stop();
  }
}
