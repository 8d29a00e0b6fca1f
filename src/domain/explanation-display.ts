import type { ExplanationWriter } from './explanation-writer.ts';
import type { ContractColumn } from './feed-contract.ts';
import type { CardFeature } from './model-card.ts';
import { columnsOf } from './recipe.ts';
import { dayNumber, isoDate } from './week.ts';

/** Units that the texts have words for. Counts of other things stand without: their label says of what. */
const WORDED = new Set(['years', 'days']);

/** A value of a column as it stood in the feed; dates as days since 1970-01-01 or as they are written. */
export function columnDisplay(
  writer: ExplanationWriter,
  { type, unit }: Pick<ContractColumn, 'type' | 'unit'>,
  value: number | string | null,
): string {
  if (value === null) return writer.say('display.missing');
  if (type === 'date') {
    const day = typeof value === 'number' ? value : dayNumber(value);
    return writer.say('display.date', { value: writer.day(isoDate(day)) });
  }
  if (typeof value === 'string') return value;
  if (type === 'boolean') return writer.say(value === 0 ? 'display.no' : 'display.yes');
  return quantity(writer, value, unit, type === 'integer');
}

/** A value of a feature: in its own unit, else in that of its columns, else as its recipe makes it a share or a change. */
export function featureDisplay(writer: ExplanationWriter, feature: CardFeature, value: number): string {
  const { recipe, unit } = feature;
  if ('category' in recipe) {
    const text = Object.keys(recipe.codes).find((known) => recipe.codes[known] === value);
    return text ?? quantity(writer, value, unit, false);
  }
  if (unit === undefined && 'ratio' in recipe) return writer.say('display.share', { value });
  if ('relativeChange' in recipe || 'fundChange' in recipe) return writer.say('display.change', { value });
  const column = columnOf(writer, columnsOf(recipe)[0] ?? '');
  if (column === undefined || 'weighted' in recipe) return quantity(writer, value, unit, false);
  return columnDisplay(writer, { type: column.type, unit: unit ?? column.unit }, value);
}

/** Whether a feature's values can be higher and lower, or only different. */
export function isOrdered(writer: ExplanationWriter, { recipe }: CardFeature): boolean {
  if ('category' in recipe) return false;
  return !('column' in recipe) || columnOf(writer, recipe.column)?.type !== 'boolean';
}

export function columnOf({ explained }: ExplanationWriter, name: string): ContractColumn | undefined {
  return explained.contract.columns.find((column) => column.name === name);
}

function quantity(
  writer: ExplanationWriter,
  value: number,
  unit: string | undefined,
  isCount: boolean,
): string {
  if (unit === 'EUR') return writer.say('display.eur', { value });
  if (unit !== undefined && WORDED.has(unit)) return writer.say(`display.${unit}`, { value });
  if (isCount) return writer.say('display.whole', { value });
  return unit === undefined
    ? writer.say('display.decimal', { value })
    : writer.say('display.measured', { value, unit });
}
