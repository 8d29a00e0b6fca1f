import type { Config } from './campaign.ts';
import { type FundPrice, fundChange, missingColumns } from './feature.ts';
import { holdsOn } from './feature-override.ts';
import type { FeedContract } from './feed-contract.ts';
import type { ModelCard } from './model-card.ts';
import type { IsoDate } from './week.ts';

/** What a frozen week is to be decided with. */
export interface ReplayParts {
  readonly asOf: IsoDate;
  readonly funds: readonly FundPrice[];
  readonly contract: FeedContract;
  readonly contractNumber: number;
  readonly card: ModelCard;
  readonly config: Config;
  /** Columns of the model that no data use in force covers. */
  readonly uncovered: readonly string[];
}

/** Why a frozen week cannot be decided with a model and settings, in a sentence; null where it can. */
export function replayObstacle(parts: ReplayParts): string | null {
  const { asOf, funds, contract, contractNumber, card, config, uncovered } = parts;
  const lacking = missingColumns(card, contract);
  if (lacking.length > 0)
    return `the feed of the week (contract ${contractNumber}) has no ${lacking.join(', ')}, which ${card.name} ${card.version} reads`;
  if (uncovered.length > 0) return `no data use in force covers ${uncovered.join(', ')}`;
  const overrides = config.overrides.filter((override) => holdsOn(override, asOf));
  const stray = overrides.find(({ feature }) => card.features.every(({ name }) => name !== feature));
  if (stray !== undefined)
    return `an override holds the feature ${JSON.stringify(stray.feature)}, which ${card.name} ${card.version} does not have`;
  const held = new Set(overrides.map(({ feature }) => feature));
  const unknown = card.features.find(
    ({ name, recipe }) =>
      'fundChange' in recipe &&
      recipe.missing === undefined &&
      !held.has(name) &&
      fundChange(funds, asOf, recipe.fundChange.days) === null,
  );
  return unknown === undefined
    ? null
    : `the fund prices of the week do not say the feature ${JSON.stringify(unknown.name)}`;
}
