import { BatchRow } from './batch.row.ts';
import { CampaignRow } from './campaign.row.ts';
import { ConfigApprovalRow } from './config-approval.row.ts';
import { ConfigChangeRow } from './config-change.row.ts';
import { ConfigVersionRow } from './config-version.row.ts';
import { DataUseRow } from './data-use.row.ts';
import { EnginePauseRow } from './engine-pause.row.ts';
import { FeedContractRow } from './feed-contract.row.ts';
import { FeedContractChangeRow } from './feed-contract-change.row.ts';
import { HandOffRow } from './hand-off.row.ts';
import { IncidentRow } from './incident.row.ts';
import { ModelVersionRow } from './model-version.row.ts';
import { RecipientRow } from './recipient.row.ts';
import { ReproductionRow } from './reproduction.row.ts';
import { RunRow } from './run.row.ts';
import { SampleItemRow } from './sample-item.row.ts';

/** Every row class that TypeORM maps. */
export const ENTITIES = [
  BatchRow,
  CampaignRow,
  ConfigApprovalRow,
  ConfigChangeRow,
  ConfigVersionRow,
  DataUseRow,
  EnginePauseRow,
  FeedContractRow,
  FeedContractChangeRow,
  HandOffRow,
  IncidentRow,
  ModelVersionRow,
  RecipientRow,
  ReproductionRow,
  RunRow,
  SampleItemRow,
];
