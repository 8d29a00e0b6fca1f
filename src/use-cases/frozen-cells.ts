import type { Contribution } from '../domain/explanation.ts';
import type { ColumnLayout } from '../domain/feed-contract.ts';
import type { CardFeature } from '../domain/model-card.ts';
import { columnsOf } from '../domain/recipe.ts';
import { isoDate } from '../domain/week.ts';
import type { FrozenBlock } from '../store/frozen-block.ts';

/** The columns that a recipe reads, as a frozen row holds them. */
export function partsOf(
  recipe: CardFeature['recipe'],
  layout: ColumnLayout,
  block: FrozenBlock,
  at: number,
): Contribution['parts'] {
  return columnsOf(recipe).map((column) => ({ column, value: cellOf(layout, block, at, column) }));
}

/** What a frozen row holds in a column: booleans as 0 and 1, a date as a calendar day; null when missing. */
export function cellOf(
  layout: ColumnLayout,
  block: FrozenBlock,
  at: number,
  name: string,
): number | string | null {
  const place = layout.numbers.findIndex((column) => column.name === name);
  if (place < 0) return block.texts[layout.texts.findIndex((column) => column.name === name)]?.[at] ?? null;
  const value = block.numbers[place]?.[at] ?? Number.NaN;
  if (Number.isNaN(value)) return null;
  return layout.numbers[place]?.type === 'date' ? isoDate(value) : value;
}
