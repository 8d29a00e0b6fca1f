import { BytePool } from './byte-pool.ts';
import { asciiCells, booleanCell, dateCell, isId, numberCell, textCell } from './feed-cell.ts';
import { type ContractColumn, type FeedContract, layoutOf } from './feed-contract.ts';
import { forbiddenValue, mayBeForbidden } from './forbidden-data.ts';
import { KeyLines } from './key-lines.ts';
import type { CellBlock } from './ports.ts';
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

/** A column of numbers, with the values that it may have; a date has those up to the last day. */
interface NumberSource extends Source {
  readonly min: number;
  readonly max: number;
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
  readonly #numbers: readonly NumberSource[];
  /** Room for the numbers of a block, used again for the next. */
  #columns: readonly Float64Array[] = [];
  readonly #texts: readonly (Source & { readonly pool: BytePool<TextVerdict> })[];
  readonly #lastDay: IsoDate;
  /** Where keys must be unique. */
  readonly #lines: KeyLines | null;
  #forbidden: RowFault | null = null;
  #duplicate: RowFault | null = null;
  /** Of the block at hand, the first fault of each row that has one. */
  readonly #faults = new Map<number, RowFault>();

  /** @param header the columns of the file, in its order; each column of the contract is among them */
  constructor(contract: FeedContract, header: readonly string[], rules: RowRules) {
    const source = (column: ContractColumn): Source => ({
      column,
      index: header.indexOf(column.name),
      required: rules.required.includes(column.name),
    });
    const lastDay = dayNumber(rules.lastDay);
    const layout = layoutOf(contract);
    this.#key = source(layout.key);
    this.#numbers = layout.numbers.map((column) => ({
      ...source(column),
      min: column.type === 'date' ? Number.NEGATIVE_INFINITY : (column.min ?? Number.NEGATIVE_INFINITY),
      max: column.type === 'date' ? lastDay : (column.max ?? Number.POSITIVE_INFINITY),
    }));
    this.#texts = layout.texts.map((column) => ({
      ...source(column),
      pool: new BytePool((bytes, start, end) => judgeText(column, textCell(bytes, start, end))),
    }));
    this.#lastDay = rules.lastDay;
    this.#lines = rules.uniqueKeys ? new KeyLines() : null;
  }

  /** Column by column, which is faster than row by row. The numbers of the block are valid until the next is parsed. */
  parse(raw: CellBlock): ParsedBlock {
    this.#faults.clear();
    if ((this.#columns[0]?.length ?? 0) < raw.rows)
      this.#columns = this.#numbers.map(() => new Float64Array(2 * raw.rows));
    const all = {
      rows: raw.rows,
      customers: this.#readKeys(raw),
      numbers: this.#numbers.map((source, i) => this.#readNumbers(raw, source, this.#columns[i])),
      texts: this.#texts.map((source) => this.#readTexts(raw, source)),
    };
    const lines = raw.lines.slice(0, raw.rows);
    const sound = (_: unknown, row: number) => !this.#faults.has(row);
    const block =
      this.#faults.size === 0
        ? all
        : {
            rows: raw.rows - this.#faults.size,
            customers: all.customers.filter(sound),
            numbers: all.numbers.map((values) => values.filter(sound)),
            texts: all.texts.map((values) => values.filter(sound)),
          };
    return {
      block,
      lines: this.#faults.size === 0 ? lines : lines.filter(sound),
      rejected: [...raw.ragged.map((row) => raggedFault(row, raw.width)), ...this.#faults.values()].sort(
        (a, b) => a.line - b.line,
      ),
      forbidden: this.#forbidden,
      key: this.#duplicate,
    };
  }

  #readKeys(raw: CellBlock): readonly string[] {
    const { column, index } = this.#key;
    const { bytes, cells, width } = raw;
    const starts = new Int32Array(raw.rows);
    const ends = new Int32Array(raw.rows);
    for (let row = 0; row < raw.rows; row++) {
      const at = 2 * (row * width + index);
      const start = cells[at] ?? 0;
      const end = cells[at + 1] ?? 0;
      if (!isId(bytes, start, end)) {
        const kind = forbiddenValue(textCell(bytes, start, end));
        if (kind !== null) this.#forbid(raw, row, column, kind);
        this.#reject(raw, row, column, start === end ? 'is missing' : NO_ID);
        continue;
      }
      starts[row] = start;
      ends[row] = end;
      const kind = mayBeForbidden(bytes, start, end) ? forbiddenValue(textCell(bytes, start, end)) : null;
      if (kind !== null) this.#forbid(raw, row, column, kind);
      const line = raw.lines[row] ?? 0;
      const before = this.#lines?.add(bytes, start, end, line);
      if (before !== undefined)
        this.#duplicate ??= { line, field: column.name, rule: `stands on line ${before} already` };
    }
    return asciiCells(bytes, starts, ends);
  }

  #readNumbers(
    raw: CellBlock,
    { column, index, required, min, max }: NumberSource,
    room: Float64Array = new Float64Array(raw.rows),
  ): Float64Array {
    const { bytes, cells, width, rows } = raw;
    const values = room.subarray(0, rows);
    const isBoolean = column.type === 'boolean';
    const isDate = column.type === 'date';
    const isInteger = column.type === 'integer';
    for (let row = 0; row < rows; row++) {
      const at = 2 * (row * width + index);
      const start = cells[at] ?? 0;
      const end = cells[at + 1] ?? 0;
      if (start === end) {
        values[row] = Number.NaN;
        if (required) this.#reject(raw, row, column, 'is missing');
        continue;
      }
      const value = isBoolean
        ? booleanCell(bytes, start, end)
        : isDate
          ? dateCell(bytes, start, end)
          : numberCell(bytes, start, end);
      values[row] = value;
      // What is no number may be anything; what is one, and no date, only a long whole number of forbidden data.
      if (Number.isNaN(value) || (end - start >= 9 && !isDate && Number.isInteger(value))) {
        const kind = forbiddenValue(textCell(bytes, start, end));
        if (kind !== null) this.#forbid(raw, row, column, kind);
      }
      if (!(value >= min && value <= max) || (isInteger && !Number.isSafeInteger(value)))
        this.#reject(raw, row, column, this.#numberFault(column, value));
    }
    return values;
  }

  #readTexts(
    raw: CellBlock,
    { column, index, required, pool }: Source & { readonly pool: BytePool<TextVerdict> },
  ): readonly (string | null)[] {
    const values: (string | null)[] = [];
    for (let row = 0; row < raw.rows; row++) {
      const at = 2 * (row * raw.width + index);
      const start = raw.cells[at] ?? 0;
      const end = raw.cells[at + 1] ?? 0;
      if (start === end) {
        values.push(null);
        if (required) this.#reject(raw, row, column, 'is missing');
        continue;
      }
      const { text, forbidden, rule } = pool.of(raw.bytes, start, end);
      values.push(text);
      if (forbidden !== null) this.#forbid(raw, row, column, forbidden);
      if (rule !== null) this.#reject(raw, row, column, rule);
    }
    return values;
  }

  /** What is wrong with a value that is out of its bounds; NaN says that the cell was not of its type. */
  #numberFault(column: ContractColumn, value: number): string {
    if (Number.isNaN(value)) return `is not ${KIND[column.type]}`;
    if (column.type === 'date') return `lies after ${this.#lastDay}`;
    if (column.type === 'integer' && !Number.isSafeInteger(value)) return 'is not an integer';
    return column.min !== undefined && value < column.min
      ? `is below ${column.min}`
      : `is above ${column.max}`;
  }

  /** The first of a block is the one on its first line. */
  #forbid(raw: CellBlock, row: number, column: ContractColumn, kind: string): void {
    const line = raw.lines[row] ?? 0;
    if (this.#forbidden !== null && this.#forbidden.line <= line) return;
    this.#forbidden = { line, field: column.name, rule: `holds forbidden data: ${kind}` };
  }

  #reject(raw: CellBlock, row: number, column: ContractColumn, rule: string): void {
    if (!this.#faults.has(row))
      this.#faults.set(row, { line: raw.lines[row] ?? 0, field: column.name, rule });
  }
}

function raggedFault({ line, fields }: CellBlock['ragged'][number], width: number): RowFault {
  return { line, field: '', rule: `has ${fields} fields where the header has ${width}` };
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
