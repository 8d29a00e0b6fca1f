import type { ContractColumn, FeedContract } from '../../src/domain/feed-contract.ts';
import type { CardFeature, ModelCard } from '../../src/domain/model-card.ts';
import type { Recipe } from '../../src/domain/recipe.ts';

/** A feature that the card calls changeable, where a test does not say otherwise. */
export function feature(name: string, recipe: Recipe, changeable = true): CardFeature {
  return { name, label: { nl: name, en: name }, recipe, direction: 0, changeable };
}

/** A card of which only the features matter. */
export function cardOf(features: readonly CardFeature[]): ModelCard {
  return {
    format: 'model-package/1',
    campaign: 'small',
    name: 'varied',
    version: '1',
    builder: 'a test',
    output: { name: 'probabilities', index: 1 },
    trained: { from: '2025-W01', to: '2025-W52' },
    features,
    intendedUse: 'tests',
    notToBeUsedWhen: [],
    weaknesses: [],
  };
}

/** A contract of feature columns, where a test does not say otherwise. */
export function contractOf(
  ...columns: readonly (Omit<ContractColumn, 'category'> & Partial<Pick<ContractColumn, 'category'>>)[]
): FeedContract {
  return {
    columns: [
      { name: 'party_id', type: 'id', category: 'key' },
      ...columns.map((column): ContractColumn => ({ category: 'feature', ...column })),
    ],
  };
}
