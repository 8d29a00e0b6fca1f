import type { Config } from '../domain/campaign.ts';
import type { ExplainedDecision } from '../domain/explanation.ts';
import type { FeedContract } from '../domain/feed-contract.ts';
import type { RunManifest } from '../domain/manifest.ts';
import type { ModelCard } from '../domain/model-card.ts';
import type { IsoWeek } from '../domain/week.ts';
import { dataUsesById } from '../store/campaign.reads.ts';
import { ConfigVersionRow } from '../store/config-version.row.ts';
import { FeedContractRow } from '../store/feed-contract.row.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import { RunRow } from '../store/run.row.ts';
import type { Database, Transaction } from '../store/transaction.ts';
import { Kept } from './kept.ts';

/** What a run that decided was made of, beside its customers: all of it of then, and never changed since. */
export interface RecordedWeek {
  readonly runId: string;
  readonly campaign: string;
  readonly week: IsoWeek;
  readonly seed: string;
  readonly manifest: RunManifest;
  readonly modelId: string;
  readonly card: ModelCard;
  readonly config: { readonly id: string; readonly number: number; readonly settings: Config };
  readonly contract: FeedContract;
  readonly dataUses: ExplainedDecision['dataUses'];
}

/** Some kilobytes each. */
const WEEKS = new Kept<RecordedWeek>(500);

/** The record of a run that decided, kept at hand in this process. Throws where the run has not decided. */
export function recordedWeek(db: Database, tx: Transaction, runId: string): Promise<RecordedWeek> {
  return WEEKS.of(db, runId, () => readWeek(tx, runId));
}

async function readWeek(tx: Transaction, runId: string): Promise<RecordedWeek> {
  const run = await tx.findOneByOrFail(RunRow, { id: runId });
  const { campaign, week, seed, manifest, modelId } = run;
  if (manifest === null) throw new Error(`run ${runId} has not decided`);
  const { id, number, settings } = await tx.findOneByOrFail(ConfigVersionRow, { id: run.configId });
  const { columns } = await tx.findOneByOrFail(FeedContractRow, { campaign, number: run.contract });
  const { card } = await tx.findOneByOrFail(ModelVersionRow, { id: modelId });
  const dataUses = (await dataUsesById(tx, manifest.dataUses)).map(
    ({ columns, source, purpose, legalBasis }) => ({ columns, source, purpose, legalBasis }),
  );
  const config = { id, number, settings };
  return { runId, campaign, week, seed, manifest, modelId, card, config, contract: { columns }, dataUses };
}
