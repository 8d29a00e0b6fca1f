import { coveringDataUses, recordedAt, statementOf } from '../domain/data-use.ts';
import type { ContractColumn } from '../domain/feed-contract.ts';
import { columnsOfCard } from '../domain/model-card.ts';
import { weekIn } from '../domain/schedule.ts';
import { dateIn } from '../domain/week.ts';
import { dataUsesDeclaredBy } from '../store/campaign.reads.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import type { DataUseRow } from '../store/data-use.row.ts';
import { contractOfWeek } from '../store/feed-contract.store.ts';
import { modelLiveAt, modelsRegisteredBy } from '../store/model.reads.ts';
import type { ModelVersionRow } from '../store/model-version.row.ts';
import type { Transaction } from '../store/transaction.ts';

/** A column of a campaign as the register has it at an instant. */
export interface RegisteredColumn {
  readonly name: string;
  /** As the feed contract of the instant's week has it; null where only data uses name it. */
  readonly column: ContractColumn | null;
  /** Whether a data use in force covers it. */
  readonly covered: boolean;
  /** Whether the model that was live reads it. */
  readonly needed: boolean;
  /** Why it needs a data use, or why it needs none. */
  readonly statement: string;
  /** Every data use about it that had been declared, as it stood then. */
  readonly dataUses: readonly DataUseRow[];
  /** The model versions, registered by then, whose cards read it. */
  readonly models: readonly ModelVersionRow[];
}

/** What the columns of a campaign were used for at an instant, by whose word, until when. */
export async function dataUseRegister(
  tx: Transaction,
  { key, definition }: CampaignRow,
  at: Date,
): Promise<readonly RegisteredColumn[]> {
  const contract = await contractOfWeek(tx, key, weekIn(definition.timeZone, at));
  const uses = (await dataUsesDeclaredBy(tx, key, at)).map((use) => recordedAt(use, at));
  const models = await modelsRegisteredBy(tx, key, at);
  const live = await modelLiveAt(tx, key, at);
  const needed = live === null ? [] : columnsOfCard(live.card);
  const columns = contract?.columns ?? [];
  const names = new Set([...columns.map(({ name }) => name), ...uses.flatMap((use) => use.columns)]);
  const { missing } = coveringDataUses([...names], uses, dateIn(definition.timeZone, at));
  return [...names].map((name) => {
    const column = columns.find((one) => one.name === name) ?? null;
    const use = { name, covered: !missing.includes(name), needed: needed.includes(name) };
    return {
      ...use,
      column,
      statement: statementOf({ ...use, category: column?.category ?? null }),
      dataUses: uses.filter(({ columns: used }) => used.includes(name)),
      models: models.filter(({ card }) => columnsOfCard(card).includes(name)),
    };
  });
}
