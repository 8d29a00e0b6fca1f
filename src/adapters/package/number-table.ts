import { setImmediate } from 'node:timers/promises';
import type { PackageFault } from '../../domain/ports.ts';

const MOST_FAULTS = 20;
/** Bytes that are read at a time, to the end of their last line: some milliseconds of work, between which others get their turn. */
const SLICE_BYTES = 2 ** 16;
const LONGEST_LINE = 2 ** 20;
const MOST_CELLS = 20_000_000;
// No digit can be matched in two ways: one pattern that could took minutes over a cell of many.
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

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
 * exactly `header`; names may be in quotes, numbers not. `rules` has a rule a column. Faults name line and column, never a
 * value; after 20, or 20 million cells, it stops. Others get their turn meanwhile.
 */
export async function readNumberTable(
  file: string,
  bytes: Uint8Array,
  header: readonly string[],
  rules: readonly CellRule[],
): Promise<NumberTable> {
  const faults: PackageFault[] = [];
  const fault = (line: number, field: string | null, rule: string): void => {
    faults.push({ file, line, field, rule });
  };
  const width = header.length;
  let values = new Float64Array(width * 1024);
  let line = 0;
  for (const lines of slices(bytes)) {
    for (const text of lines) {
      line += 1;
      if (line === 1) {
        const place = differsFrom(header, text);
        if (place === null) continue;
        const rule = `the header must be ${header.join(',')}: it differs at column ${place + 1}`;
        fault(1, header[place] ?? null, rule);
        return { rows: 0, values: new Float64Array(0), faults };
      }
      if (text.length > LONGEST_LINE) fault(line, null, 'is longer than 1 MiB');
      else if ((line - 1) * width > MOST_CELLS)
        fault(line, null, 'is too much: deliver a sample of the rows');
      else {
        const start = (line - 2) * width;
        if (start + width > values.length) values = doubled(values);
        readCells(text, header, rules, values.subarray(start, start + width), (field, rule) =>
          fault(line, field, rule),
        );
      }
      if (faults.length >= MOST_FAULTS || (line - 1) * width > MOST_CELLS)
        return { rows: line - 1, values, faults };
    }
    await setImmediate();
  }
  if (line === 0) fault(1, header[0] ?? null, 'has no header');
  return { rows: Math.max(line - 1, 0), values, faults };
}

/** The lines of a file, some at a time, without their ends; the end of the last one may lack. */
function* slices(bytes: Uint8Array): Generator<readonly string[]> {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const marked = content.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf));
  for (let from = marked ? 3 : 0; from < content.length; ) {
    const found = content.indexOf(0x0a, from + SLICE_BYTES);
    const to = found < 0 ? content.length : found + 1;
    // A line without an end may be all of the file: no more of it is looked at than shows that it is too long.
    const lines = content
      .toString('utf8', from, Math.min(to, from + SLICE_BYTES + 2 * LONGEST_LINE))
      .split('\n');
    if (lines.at(-1) === '') lines.pop();
    yield lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
    from = to;
  }
}

/** The first column at which a header line is not as it must be; null where it is. */
function differsFrom(header: readonly string[], line: string): number | null {
  const found = line.split(',').map((name) => /^"([^"]*)"$/.exec(name)?.[1] ?? name);
  const place = header.findIndex((name, column) => found[column] !== name);
  if (place >= 0) return place;
  return found.length === header.length ? null : header.length;
}

function readCells(
  line: string,
  header: readonly string[],
  rules: readonly CellRule[],
  into: Float64Array,
  fault: (field: string | null, rule: string) => void,
): void {
  const cells = line.split(',');
  if (cells.length !== header.length) {
    fault(null, `must have ${header.length} fields and has ${cells.length}`);
    return;
  }
  for (const [column, cell] of cells.entries()) {
    const value = rules[column]?.(cell) ?? 'has no rule';
    if (typeof value === 'string') fault(header[column] ?? null, value);
    else into[column] = value;
  }
}

function doubled(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}
