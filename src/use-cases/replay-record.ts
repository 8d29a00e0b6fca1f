import type { Config } from '../domain/campaign.ts';
import { coveringDataUses } from '../domain/data-use.ts';
import type { FundPrice } from '../domain/feature.ts';
import { columnsOfCard } from '../domain/model-card.ts';
import type { WhatIf } from '../domain/replay.ts';
import { replayObstacle } from '../domain/replay-obstacle.ts';
import { STATUS_AT_STEP } from '../domain/run.ts';
import { dateIn, type IsoDate, type IsoWeek, weekOf } from '../domain/week.ts';
import { CampaignRow } from '../store/campaign.row.ts';
import { ConfigVersionRow } from '../store/config-version.row.ts';
import { DataUseRow } from '../store/data-use.row.ts';
import { FeedContractRow } from '../store/feed-contract.row.ts';
import { fundPrices } from '../store/fund-price.store.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import { isErased } from '../store/reproduction.reads.ts';
import type { RunRow } from '../store/run.row.ts';
import type { Transaction } from '../store/transaction.ts';
import type { StepContext } from './run-step.ts';
import type { Services } from './services.ts';

/** What a week is replayed with: its record, and what is otherwise put in its place. */
export interface ReplayRecord {
  readonly context: StepContext;
  readonly asOf: IsoDate;
  readonly funds: readonly FundPrice[];
  /** The week from which the settings of then counted: the holdout is drawn as it was. */
  readonly holdoutSince: IsoWeek;
  /** The settings that the week ran with. */
  readonly recordedConfig: Config;
  /** Whether everyone who is eligible in both gets the score that is on record. */
  readonly sameScores: boolean;
}

const UNDER_WAY = new Set<string>(Object.values(STATUS_AT_STEP));

/** What is on record of a week to replay it with, or why it cannot be, in a sentence. */
export async function readReplayRecord(
  tx: Transaction,
  services: Services,
  run: RunRow,
  whatIf: WhatIf,
): Promise<ReplayRecord | string> {
  const { campaign: key, manifest, asOf } = run;
  if (run.snapshotRows === null || asOf === null) return 'no feed of the week was accepted';
  if (manifest === null && UNDER_WAY.has(run.status)) return 'its run is under way';
  if (await isErased(tx, run.id)) return 'its rows were kept as long as they may be, and are erased';
  const campaign = await tx.findOneByOrFail(CampaignRow, { key });
  const configVersion = await tx.findOneByOrFail(ConfigVersionRow, { id: run.configId });
  const contractVersion = await tx.findOneByOrFail(FeedContractRow, { campaign: key, number: run.contract });
  const model = await tx.findOneByOrFail(ModelVersionRow, { id: whatIf.model ?? run.modelId });
  const config = whatIf.settings(configVersion.settings);
  const contract = { columns: contractVersion.columns };
  const funds = await fundPrices(tx, run.id);
  const dataUses = await tx.findBy(DataUseRow, { campaign: key });
  const { timeZone, flowDays } = campaign.definition;
  const today = dateIn(timeZone, services.clock.now());
  const { missing } = coveringDataUses(columnsOfCard(model.card), dataUses, today);
  const { card } = model;
  const parts = { asOf, funds, contract, contractNumber: run.contract, card, config, uncovered: missing };
  const obstacle = replayObstacle(parts);
  if (obstacle !== null) return obstacle;
  return {
    context: {
      services,
      run,
      campaign: {
        ...campaign,
        definition: { ...campaign.definition, flowDays: manifest?.flowDays ?? flowDays },
      },
      config,
      configVersion,
      contract,
      contractVersion,
      model,
      progress: () => {},
    },
    asOf,
    funds,
    holdoutSince: manifest?.holdoutSince ?? weekOf(dateIn(timeZone, configVersion.effectiveFrom)),
    recordedConfig: configVersion.settings,
    sameScores:
      model.id === run.modelId &&
      whatIf.shifts.length === 0 &&
      JSON.stringify(config.overrides) === JSON.stringify(configVersion.settings.overrides),
  };
}
