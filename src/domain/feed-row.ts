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

/** Where something stands that is not used, and which rule it broke; never what it says. */
export interface RowFault {
  readonly line: number;
  readonly field: string;
  readonly rule: string;
}

export interface ParsedBlock {
  readonly block: RowBlock;
  /** The line of each accepted row. */
  readonly lines: Int32Array;
  readonly rejected: readonly RowFault[];
  /** The first forbidden value and the first key that stands twice: either stops the feed. */
  readonly forbidden: RowFault | null;
  readonly key: RowFault | null;
}

interface TextVerdict {
  readonly text: string;
  readonly forbidden: string | null;
  readonly rule: string | null;
}

interface Source {
  readonly column: ContractColumn;
  /** Its position in the file. */
  readonly index: number;
  readonly required: boolean;
}

/** What rows are judged by, beside the columns. */
export interface RowRules {
  /** Dates after it lie in the future. */
  readonly lastDay: IsoDate;
  readonly uniqueKeys: boolean;
  /** Columns besides the key that must not be empty. */
  readonly required: readonly string[];
}

/** Reads the rows of a file by its columns: types, ranges, closed lists, dates up to a last day, forbidden values, keys. */
export class FeedRowParser {
  readonly #key: Source;
  readonly #numbers: readonly Source[];
  readonly #texts: readonly (Source & { readonly pool: TextPool<TextVerdict> })[];
  readonly #lastDay: IsoDate;
  readonly #lastDayNumber: number;
  /** Line by key, where keys must be unique. */
  readonly #lines: Map<string, number> | null;
  #forbidden: RowFault | null = null;
  #duplicate: RowFault | null = null;
  #fault: RowFault | null = null;

  /** @param header the columns of the file, in its order; each column of the contract is among them */
  constructor(contract: FeedContract, header: readonly string[], rules: RowRules) {
    const source = (column: ContractColumn): Source => ({
      column,
      index: header.indexOf(column.name),
      required: rules.required.includes(column.name),
    });
    const layout = layoutOf(contract);
    this.#key = source(layout.key);
    this.#numbers = layout.numbers.map(source);
    this.#texts = layout.texts.map((column) => ({
      ...source(column),
      pool: new TextPool((text) => judgeText(column, text)),
    }));
    this.#lastDay = rules.lastDay;
    this.#lastDayNumber = dayNumber(rules.lastDay);
    this.#lines = rules.uniqueKeys ? new Map() : null;
  }

  parse(raw: CellBlock): ParsedBlock {
    const rejected: RowFault[] = raw.ragged.map(({ line, fields }) => ({
      line,
      field: '',
      rule: `has ${fields} fields where the header has ${raw.width}`,
    }));
    const customers: string[] = [];
    const numbers = this.#numbers.map(() => new Float64Array(raw.rows));
    const texts = this.#texts.map((): (string | null)[] => []);
    const lines = new Int32Array(raw.rows);
    let kept = 0;
    for (let row = 0; row < raw.rows; row++) {
      this.#fault = null;
      const customer = this.#readKey(raw, row);
      this.#readNumbers(raw, row, numbers, kept);
      this.#readTexts(raw, row, texts, kept);
      if (this.#fault === null) {
        lines[kept] = raw.lines[row] ?? 0;
        customers[kept++] = customer;
      } else rejected.push(this.#fault);
    }
    if (raw.ragged.length > 0) rejected.sort((a, b) => a.line - b.line);
    for (const values of texts) values.length = kept;
    const block = {
      rows: kept,
      customers,
      numbers: numbers.map((values) => values.subarray(0, kept)),
      texts,
    };
    return {
      block,
      lines: lines.subarray(0, kept),
      rejected,
      forbidden: this.#forbidden,
      key: this.#duplicate,
    };
  }

  #readKey(raw: CellBlock, row: number): string {
    const { column, index } = this.#key;
    const at = 2 * (row * raw.width + index);
    const start = raw.cells[at] ?? 0;
    const end = raw.cells[at + 1] ?? 0;
    const key = textCell(raw.bytes, start, end);
    const kind = forbiddenValue(key);
    if (kind !== null) this.#forbid(raw, row, column, kind);
    if (!isId(raw.bytes, start, end)) {
      this.#reject(raw, row, column, key === '' ? 'is missing' : NO_ID);
    } else if (this.#lines !== null) {
      const before = this.#lines.get(key);
      const line = raw.lines[row] ?? 0;
      if (before === undefined) this.#lines.set(key, line);
      else this.#duplicate ??= { line, field: column.name, rule: `stands on line ${before} already` };
    }
    return key;
  }

  #readNumbers(raw: CellBlock, row: number, numbers: readonly Float64Array[], kept: number): void {
    for (let i = 0; i < this.#numbers.length; i++) {
      const source = this.#numbers[i];
      const values = numbers[i];
      if (source === undefined || values === undefined) continue;
      const at = 2 * (row * raw.width + source.index);
      const start = raw.cells[at] ?? 0;
      const end = raw.cells[at + 1] ?? 0;
      const { column } = source;
      if (start === end) {
        values[kept] = Number.NaN;
        if (source.required) this.#reject(raw, row, column, 'is missing');
        continue;
      }
      const value = readNumber(column, raw.bytes, start, end);
      values[kept] = value;
      // What is no number may be anything; what is one, and no date, only a long whole number of forbidden data.
      if (Number.isNaN(value) || (end - start >= 9 && column.type !== 'date' && Number.isInteger(value))) {
        const kind = forbiddenValue(textCell(raw.bytes, start, end));
        if (kind !== null) this.#forbid(raw, row, column, kind);
      }
      const rule = this.#numberFault(column, value);
      if (rule !== null) this.#reject(raw, row, column, rule);
    }
  }

  #readTexts(raw: CellBlock, row: number, texts: readonly (string | null)[][], kept: number): void {
    for (let i = 0; i < this.#texts.length; i++) {
      const source = this.#texts[i];
      const values = texts[i];
      if (source === undefined || values === undefined) continue;
      const at = 2 * (row * raw.width + source.index);
      const start = raw.cells[at] ?? 0;
      const end = raw.cells[at + 1] ?? 0;
      if (start === end) {
        values[kept] = null;
        if (source.required) this.#reject(raw, row, source.column, 'is missing');
        continue;
      }
      const { text, forbidden, rule } = source.pool.of(raw.bytes, start, end);
      values[kept] = text;
      if (forbidden !== null) this.#forbid(raw, row, source.column, forbidden);
      if (rule !== null) this.#reject(raw, row, source.column, rule);
    }
  }

  /** What is wrong with a present value, null when nothing is; NaN says that the cell was not of its type. */
  #numberFault(column: ContractColumn, value: number): string | null {
    if (Number.isNaN(value)) return `is not ${KIND[column.type]}`;
    if (column.type === 'date') return value <= this.#lastDayNumber ? null : `lies after ${this.#lastDay}`;
    if (column.type === 'integer' && !Number.isSafeInteger(value)) return 'is not an integer';
    if (column.min !== undefined && value < column.min) return `is below ${column.min}`;
    return column.max !== undefined && value > column.max ? `is above ${column.max}` : null;
  }

  #forbid(raw: CellBlock, row: number, column: ContractColumn, kind: string): void {
    this.#forbidden ??= {
      line: raw.lines[row] ?? 0,
      field: column.name,
      rule: `holds forbidden data: ${kind}`,
    };
  }

  #reject(raw: CellBlock, row: number, column: ContractColumn, rule: string): void {
    this.#fault ??= { line: raw.lines[row] ?? 0, field: column.name, rule };
  }
}

function readNumber(column: ContractColumn, bytes: Uint8Array, start: number, end: number): number {
  if (column.type === 'boolean') return booleanCell(bytes, start, end);
  return column.type === 'date' ? dateCell(bytes, start, end) : numberCell(bytes, start, end);
}

const KIND = {
  id: 'an id',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date',
  text: 'a text',
};

const NO_ID = 'is not 1 to 64 of A-Z a-z 0-9 _ -';
/** A text that the store can index. */
const MOST_CHARACTERS = 500;
const ID = /^[A-Za-z0-9_-]{1,64}$/;

function judgeText(column: ContractColumn, text: string): TextVerdict {
  if (column.values?.includes(text) === true) return { text, forbidden: null, rule: null };
  return { text, forbidden: forbiddenValue(text), rule: textFault(column, text) };
}

function textFault(column: ContractColumn, text: string): string | null {
  if (column.values !== undefined) return 'is not on the closed list';
  if (column.type === 'id') return ID.test(text) ? null : NO_ID;
  return text.length > MOST_CHARACTERS ? `is longer than ${MOST_CHARACTERS} characters` : null;
}
