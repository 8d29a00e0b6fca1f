import { describe, expect, it } from 'vitest';
import type { ModelCard } from '../../src/domain/model-card.ts';
import type { Recipe } from '../../src/domain/recipe.ts';
import { type ReplayParts, replayObstacle } from '../../src/domain/replay-obstacle.ts';
import { SMALL_CONFIG, smallDefinition } from '../support/small-campaign.ts';

function cardOf(recipe: Recipe): ModelCard {
  const label = { nl: 'x', en: 'x' };
  return {
    format: 'model-package/1',
    campaign: 'small',
    name: 'likely',
    version: '9',
    builder: 'the tests',
    output: { name: 'p', index: 0 },
    trained: { from: '2020-W01', to: '2020-W02' },
    features: [{ name: 'x', label, recipe, direction: 0, changeable: false }],
    intendedUse: 'none',
    notToBeUsedWhen: [],
    weaknesses: [],
  };
}

const parts = (change: Partial<ReplayParts> = {}): ReplayParts => ({
  asOf: '2026-08-02',
  funds: [],
  contract: smallDefinition().feed,
  contractNumber: 3,
  card: cardOf({ column: 'age' }),
  config: SMALL_CONFIG,
  uncovered: [],
  ...change,
});
const held = (feature: string, expires: string) => ({
  ...SMALL_CONFIG,
  overrides: [{ feature, value: 1, reason: 'r', expires }],
});
const market = cardOf({ fundChange: { days: 7 } });

describe('what a replay lacks', () => {
  it.each([
    ['nothing', {}, null],
    [
      'a column',
      { card: cardOf({ column: 'balance' }) },
      'the feed of the week (contract 3) has no balance, which likely 9 reads',
    ],
    [
      'a segment',
      { card: cardOf({ category: 'region', codes: {}, otherwise: 0 }) },
      'the feed of the week (contract 3) has no region, which likely 9 reads',
    ],
    ['a data use', { uncovered: ['age'] }, 'no data use in force covers age'],
    [
      'an overridden feature',
      { config: held('y', '2026-08-03') },
      'an override holds the feature "y", which likely 9 does not have',
    ],
    ['nothing where the override has ended', { config: held('y', '2026-08-02') }, null],
    ['prices', { card: market }, 'the fund prices of the week do not say the feature "x"'],
    ['nothing where the feature is held', { card: market, config: held('x', '2026-08-03') }, null],
    [
      'nothing where it has a value for that',
      { card: cardOf({ fundChange: { days: 7 }, missing: 0 }) },
      null,
    ],
  ])('%s', (_what, change, obstacle) => expect(replayObstacle(parts(change))).toBe(obstacle));
});
