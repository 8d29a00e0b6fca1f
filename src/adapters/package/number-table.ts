import type { PackageFault } from '../../domain/ports.ts';

const MOST_FAULTS = 20;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Judges a cell: its value, or the rule that it breaks. */
export type CellRule = (cell: string) => number | string;

/** A small CSV file: cells as numbers, row-major; `faults` where it is not what it should be. */
export interface NumberTable {
  readonly rows: number;
  readonly values: Float64Array;
  readonly faults: readonly PackageFault[];
}

/** A finite number within float32, `.` as decimal point. */
export function finiteNumber(cell: string): number | string {
  const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
  return Number.isFinite(Math.fround(value)) ? value : 'must be a finite number';
}

/**
 * Reads a CSV file of numbers (RFC 4180, UTF-8, LF or CRLF, a byte order mark is accepted) whose header must be
 * exactly `header`; names may be in quotes, numbers not. `rules` has a rule a column. Faults name line and column, never a value; after 20 it stops.
 */
export function readNumberTable(
  file: string,
  bytes: Uint8Array,
  header: readonly string[],
  rules: readonly CellRule[],
): NumberTable {
  const faults: PackageFault[] = [];
  const fault = (line: number, field: string | null, rule: string): void => {
    faults.push({ file, line, field, rule });
  };
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const found = (lines[0] ?? '').split(',').map((name) => /^"([^"]*)"$/.exec(name)?.[1] ?? name);
  if (found.join('\n') !== header.join('\n')) {
    const index = header.findIndex((name, column) => found[column] !== name);
    const place = index < 0 ? header.length : index;
    fault(
      1,
      header[place] ?? null,
      `the header must be ${header.join(',')}: it differs at column ${place + 1}`,
    );
    return { rows: 0, values: new Float64Array(0), faults };
  }
  const rows = lines.length - 1;
  const width = header.length;
  const values = new Float64Array(rows * width);
  for (let row = 0; row < rows && faults.length < MOST_FAULTS; row += 1) {
    const cells = (lines[row + 1] ?? '').split(',');
    if (cells.length !== width) fault(row + 2, null, `must have ${width} fields and has ${cells.length}`);
    for (let column = 0; column < width && cells.length === width; column += 1) {
      const value = rules[column]?.(cells[column] ?? '') ?? 'has no rule';
      if (typeof value === 'string') fault(row + 2, header[column] ?? null, value);
      else values[row * width + column] = value;
    }
  }
  return { rows, values, faults };
}
