import type { Config } from '../domain/campaign.ts';
import type { FeedContract } from '../domain/feed-contract.ts';
import type { RunStatus } from '../domain/run.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import type { ConfigVersionRow } from '../store/config-version.row.ts';
import type { FeedContractRow } from '../store/feed-contract.row.ts';
import type { ModelVersionRow } from '../store/model-version.row.ts';
import type { RowsAtHand } from '../store/rows-at-hand.ts';
import type { RunRow } from '../store/run.row.ts';
import type { Caller, Facts } from './execute.ts';
import type { Services } from './services.ts';

/** The engine at work; what it does by itself stands under this name in the log. */
export const ENGINE: Caller = {
  actor: { subject: 'engine', name: null, roles: ['OPERATOR'] },
  requestId: null,
};

/** A run at a step, with all that was pinned when it started. */
export interface StepContext {
  readonly services: Services;
  readonly run: RunRow;
  readonly campaign: CampaignRow;
  readonly config: Config;
  readonly configVersion: ConfigVersionRow;
  readonly contract: FeedContract;
  readonly contractVersion: FeedContractRow;
  readonly model: ModelVersionRow;
  readonly progress: (done: number, total: number) => void;
}

/** A step of a run that is under way in this process. */
export interface RunningStep extends StepContext {
  /** What the step before left for the next. */
  readonly atHand: RowsAtHand;
}

/** What a step answers: the status in which the run ends with it, null when it goes on, and what the log says. */
export interface StepResult {
  readonly status: RunStatus | null;
  readonly facts: Facts;
}
