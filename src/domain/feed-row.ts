import { booleanCell, dateCell, isId, numberCell, textCell } from './feed-cell.ts';
import { type ContractColumn, type FeedContract, layoutOf } from './feed-contract.ts';
import { forbiddenValue } from './forbidden-data.ts';
import type { CellBlock } from './ports.ts';
import { TextPool } from './text-pool.ts';
import { dayNumber, type IsoDate } from './week.ts';

/** Accepted rows by column, laid out as `layoutOf` says; a missing number is NaN, a missing text null. */
export interface RowBlock {
  readonly rows: number;
  readonly customers: readonly string[];
  readonly numbers: readonly Float64Array[];
  readonly texts: readonly (readonly (string | null)[])[];
}

/** A row that is not used: where it stands and which rule it broke, never what it says. */
export interface RejectedRow {
  readonly line: number;
  readonly field: string;
  readonly rule: string;
}

/** Where something was found that may not be in a feed. */
export interface Finding {
  readonly line: number;
  readonly field: string;
  readonly rule: string;
}

export interface ParsedBlock {
  readonly block: RowBlock;
  readonly rejected: readonly RejectedRow[];
  /** Forbidden data by value, and broken keys: either stops the feed. */
  readonly forbidden: Finding | null;
  readonly key: Finding | null;
}

interface TextVerdict {
  readonly text: string;
  readonly forbidden: string | null;
  readonly rule: string | null;
}

/** Reads the rows of `customers` by a feed contract: types, ranges, closed lists, dates up to `asOf`, unique keys. */
export class FeedRowParser {
  readonly #keyIndex: number;
  readonly #numbers: readonly { readonly column: ContractColumn; readonly index: number }[];
  readonly #texts: readonly {
    readonly column: ContractColumn;
    readonly index: number;
    readonly pool: TextPool<TextVerdict>;
  }[];
  readonly #keyName: string;
  readonly #asOf: number;
  readonly #lines = new Map<string, number>();

  /** @param header the columns of the file, in its order; each column of the contract is among them */
  constructor(contract: FeedContract, header: readonly string[], asOf: IsoDate) {
    const layout = layoutOf(contract);
    this.#keyName = layout.key.name;
    this.#keyIndex = header.indexOf(layout.key.name);
    this.#numbers = layout.numbers.map((column) => ({ column, index: header.indexOf(column.name) }));
    this.#texts = layout.texts.map((column) => ({
      column,
      index: header.indexOf(column.name),
      pool: new TextPool((text) => judgeText(column, text)),
    }));
    this.#asOf = dayNumber(asOf);
  }

  parse(raw: CellBlock): ParsedBlock {
    const { rows, width, bytes, cells } = raw;
    const rejected: RejectedRow[] = raw.ragged.map(({ line, fields }) => ({
      line,
      field: '',
      rule: `has ${fields} fields, the header ${width}`,
    }));
    const customers: string[] = [];
    const numbers = this.#numbers.map(() => new Float64Array(rows));
    const texts = this.#texts.map((): (string | null)[] => []);
    let forbidden: Finding | null = null;
    let key: Finding | null = null;
    let kept = 0;
    for (let row = 0; row < rows; row++) {
      const line = raw.lines[row] ?? 0;
      let rule: string | null = null;
      let field = '';
      for (let i = 0; i < this.#numbers.length; i++) {
        const target = this.#numbers[i];
        const values = numbers[i];
        if (target === undefined || values === undefined) continue;
        const at = 2 * (row * width + target.index);
        const start = cells[at] ?? 0;
        const end = cells[at + 1] ?? 0;
        values[kept] = start === end ? Number.NaN : this.#number(target.column, bytes, start, end);
        if (start === end) continue;
        if (end - start >= 9 && target.column.type !== 'date') {
          const kind = forbiddenValue(textCell(bytes, start, end));
          if (kind !== null) forbidden ??= { line, field: target.column.name, rule: kind };
        }
        const value = values[kept] ?? Number.NaN;
        if (rule === null && !inRange(target.column, value, this.#asOf)) {
          rule = this.#numberRule(target.column, value);
          field = target.column.name;
        }
      }
      for (let i = 0; i < this.#texts.length; i++) {
        const target = this.#texts[i];
        if (target === undefined) continue;
        const at = 2 * (row * width + target.index);
        const start = cells[at] ?? 0;
        const end = cells[at + 1] ?? 0;
        const values = texts[i];
        if (values === undefined) continue;
        if (start === end) {
          values[kept] = null;
          continue;
        }
        const verdict = target.pool.of(bytes, start, end);
        values[kept] = verdict.text;
        if (verdict.forbidden !== null)
          forbidden ??= { line, field: target.column.name, rule: verdict.forbidden };
        if (rule === null && verdict.rule !== null) {
          rule = verdict.rule;
          field = target.column.name;
        }
      }
      const at = 2 * (row * width + this.#keyIndex);
      const customer = textCell(bytes, cells[at] ?? 0, cells[at + 1] ?? 0);
      const kind = forbiddenValue(customer);
      if (kind !== null) forbidden ??= { line, field: this.#keyName, rule: kind };
      if (!isId(bytes, cells[at] ?? 0, cells[at + 1] ?? 0)) {
        rule = customer === '' ? 'the key is missing' : 'a key has 1 to 64 of A-Z a-z 0-9 _ -';
        field = this.#keyName;
      } else {
        const before = this.#lines.get(customer);
        if (before === undefined) this.#lines.set(customer, line);
        else key ??= { line, field: this.#keyName, rule: `stands on line ${before} already` };
      }
      if (rule !== null) rejected.push({ line, field, rule });
      else customers[kept++] = customer;
    }
    for (const values of texts) values.length = kept;
    const block = {
      rows: kept,
      customers,
      numbers: numbers.map((values) => values.subarray(0, kept)),
      texts,
    };
    return { block, rejected, forbidden, key };
  }

  #number(column: ContractColumn, bytes: Uint8Array, start: number, end: number): number {
    if (column.type === 'boolean') return booleanCell(bytes, start, end);
    return column.type === 'date' ? dateCell(bytes, start, end) : numberCell(bytes, start, end);
  }

  #numberRule(column: ContractColumn, value: number): string {
    if (Number.isNaN(value)) return `is not ${ARTICLES[column.type]}`;
    if (column.type === 'date') return 'lies after the feed’s asOf';
    if (column.type === 'integer' && !Number.isInteger(value)) return 'is not an integer';
    return column.min !== undefined && value < column.min
      ? `is below ${column.min}`
      : `is above ${column.max}`;
  }
}

const ARTICLES = {
  id: 'an id',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date',
  text: 'a text',
} as const;

/** Whether a present value is of its column's type and range; NaN says that the cell was not of its type. */
function inRange(column: ContractColumn, value: number, asOf: number): boolean {
  if (Number.isNaN(value)) return false;
  if (column.type === 'date') return value <= asOf;
  if (column.type === 'integer' && !Number.isInteger(value)) return false;
  return (
    !(column.min !== undefined && value < column.min) && !(column.max !== undefined && value > column.max)
  );
}

function judgeText(column: ContractColumn, text: string): TextVerdict {
  if (column.values !== undefined) {
    const listed = column.values.includes(text);
    return {
      text,
      forbidden: listed ? null : forbiddenValue(text),
      rule: listed ? null : 'is not on the closed list',
    };
  }
  return {
    text,
    forbidden: forbiddenValue(text),
    rule: text.length > 1000 ? 'is longer than 1000 characters' : null,
  };
}
