import type { Config } from '../domain/campaign.ts';
import { EligibilityRules, type ReasonBits } from '../domain/eligibility.ts';
import { layoutOf } from '../domain/feed-contract.ts';
import type { IsoDate } from '../domain/week.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import { knownState } from '../store/contact.store.ts';
import { erasedRows } from '../store/erasure.reads.ts';
import { FeedContractRow } from '../store/feed-contract.row.ts';
import type { RunRow } from '../store/run.row.ts';
import { readSnapshot } from '../store/snapshot.store.ts';
import type { Transaction } from '../store/transaction.ts';

/** What to judge: whose snapshot, by which settings, as if the first mail went out on the day after `today`. */
export interface Afresh {
  readonly campaign: CampaignRow;
  readonly run: RunRow;
  readonly config: Config;
  readonly today: IsoDate;
}

/**
 * Judges every customer of a frozen snapshot by all rules of eligibility with what the service knows of them now: quiet list,
 * opt-outs, flows and mails since. Nobody is scored. Yields the reasons by customer, 0 where there is none, in row order.
 */
export async function* judgeAfresh(
  tx: Transaction,
  { campaign, run, config, today }: Afresh,
): AsyncGenerator<readonly [customer: string, reasons: ReasonBits]> {
  const { columns } = await tx.findOneByOrFail(FeedContractRow, {
    campaign: run.campaign,
    number: run.contract,
  });
  const { flowDays } = campaign.definition;
  const layout = layoutOf({ columns });
  const rules = new EligibilityRules(layout, config, flowDays, today);
  const known = await knownState(tx, run.campaign, today, 7 * config.restWeeks + Math.max(0, ...flowDays));
  const { hashes: erased } = await erasedRows(tx, 'snapshot', run.id);
  for await (const block of readSnapshot(tx, run.id, layout, { erased, moved: true })) {
    const found = rules.judge({ ...block, ...known.stateOf(block.customers) });
    for (let row = 0; row < block.rows; row++) yield [block.customers[row] ?? '', found[row] ?? 0];
  }
}
