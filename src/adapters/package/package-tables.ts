import { setImmediate } from 'node:timers/promises';
import type { PackageFault } from '../../domain/ports.ts';
import type { TrainingTable } from '../../domain/training-table.ts';
import { dayNumber, type IsoWeek, isoDate, isWeek, mondayOf, weekOf } from '../../domain/week.ts';
import { finiteNumber, readNumberTable } from './number-table.ts';

const FEWEST_REFERENCE_ROWS = 50;
const MOST_REFERENCE_ROWS = 1000;
/** Rows that are taken over before others get their turn. */
const ROWS_AT_A_TIME = 2000;

/** Reads `reference.csv`: the features in card order, 50 to 1,000 rows. */
export async function readReference(
  bytes: Uint8Array,
  features: readonly string[],
): Promise<{ readonly rows: readonly (readonly number[])[]; readonly faults: readonly PackageFault[] }> {
  const table = await readNumberTable(
    'reference.csv',
    bytes,
    features,
    features.map(() => finiteNumber),
  );
  if (table.faults.length > 0) return { rows: [], faults: table.faults };
  if (table.rows < FEWEST_REFERENCE_ROWS || table.rows > MOST_REFERENCE_ROWS) {
    const rule = `must have ${FEWEST_REFERENCE_ROWS} to ${MOST_REFERENCE_ROWS} rows and has ${table.rows}`;
    return { rows: [], faults: [{ file: 'reference.csv', line: null, field: null, rule }] };
  }
  const width = features.length;
  const rows = Array.from({ length: table.rows }, (_, row) => [
    ...table.values.subarray(row * width, (row + 1) * width),
  ]);
  return { rows, faults: [] };
}

/** Reads `training.csv`: week, the features in card order, label. */
export async function readTraining(
  bytes: Uint8Array,
  features: readonly string[],
): Promise<{ readonly table: TrainingTable; readonly faults: readonly PackageFault[] }> {
  const header = ['week', ...features, 'label'];
  const read = await readNumberTable('training.csv', bytes, header, [
    weekCell(),
    ...features.map(() => finiteNumber),
    labelCell,
  ]);
  const faults = [...read.faults];
  if (faults.length === 0 && read.rows === 0) {
    faults.push({ file: 'training.csv', line: null, field: null, rule: 'has no rows' });
  }
  const rows = faults.length > 0 ? 0 : read.rows;
  const width = features.length;
  const matrix = new Float32Array(rows * width);
  const labels = new Uint8Array(rows);
  const weeks: IsoWeek[] = [];
  const named = new Map<number, IsoWeek>();
  for (let row = 0; row < rows; row += 1) {
    const start = row * header.length;
    const monday = read.values[start] ?? 0;
    const week = named.get(monday) ?? weekOf(isoDate(monday));
    named.set(monday, week);
    weeks.push(week);
    matrix.set(read.values.subarray(start + 1, start + 1 + width), row * width);
    labels[row] = read.values[start + 1 + width] ?? 0;
    if (row % ROWS_AT_A_TIME === 0) await setImmediate();
  }
  return { table: { rows, weeks, matrix, labels }, faults };
}

/** A week as the number of its Monday. The rows of a week follow each other mostly: known ones are remembered. */
function weekCell(): (cell: string) => number | string {
  const known = new Map<string, number>();
  return (cell) => {
    const remembered = known.get(cell);
    if (remembered !== undefined) return remembered;
    if (!isWeek(cell)) return 'must be an ISO week, 2026-W47';
    const monday = dayNumber(mondayOf(cell));
    known.set(cell, monday);
    return monday;
  };
}

function labelCell(cell: string): number | string {
  const value = finiteNumber(cell);
  return value === 0 || value === 1 ? value : 'must be 0 or 1';
}
