import type { IsoWeek } from './week.ts';

/** What a model was trained on and validated with, in the order of training.csv. */
export interface TrainingTable {
  readonly rows: number;
  readonly weeks: readonly IsoWeek[];
  /** rows × features, row-major, features in card order. */
  readonly matrix: Float32Array;
  /** 1 converted, 0 not. */
  readonly labels: Uint8Array;
}

/** The weeks of rows in little room: each is named once, and a row has the place of its own. */
export interface PlacedWeeks {
  readonly named: readonly IsoWeek[];
  readonly places: Uint32Array<ArrayBuffer>;
}

export function placeWeeks(weeks: readonly IsoWeek[]): PlacedWeeks {
  const placeOf = new Map<IsoWeek, number>();
  const places = Uint32Array.from(weeks, (week) => {
    const place = placeOf.get(week) ?? placeOf.size;
    placeOf.set(week, place);
    return place;
  });
  return { named: [...placeOf.keys()], places };
}

/** The week of each row. */
export function weeksOfRows({ named, places }: PlacedWeeks): readonly IsoWeek[] {
  return Array.from(places, (place) => named[place] ?? '');
}

/** A week of a training table and the numbers of its rows. */
export interface TrainingWeek {
  readonly week: IsoWeek;
  readonly rows: readonly number[];
}

/** The weeks of a training table, ascending. */
export function trainingWeeks({ weeks }: Pick<TrainingTable, 'weeks'>): readonly TrainingWeek[] {
  const found = new Map<IsoWeek, number[]>();
  for (const [row, week] of weeks.entries()) {
    const rows = found.get(week);
    if (rows === undefined) found.set(week, [row]);
    else rows.push(row);
  }
  return [...found].map(([week, rows]) => ({ week, rows })).sort((a, b) => (a.week < b.week ? -1 : 1));
}

/** Rows of a week of a training table, and how many of them converted. */
export interface WeekCounts {
  readonly week: IsoWeek;
  readonly rows: number;
  readonly converted: number;
}

/** The counts of a package's `training.csv`, which was found in order when it was registered, by ascending week. */
export function countsByWeek(csv: string): readonly WeekCounts[] {
  const found = new Map<IsoWeek, { rows: number; converted: number }>();
  for (const line of csv.split(/\r?\n/).slice(1)) {
    if (line === '') continue;
    const week = line.slice(0, line.indexOf(','));
    const counts = found.get(week) ?? { rows: 0, converted: 0 };
    found.set(week, counts);
    counts.rows++;
    if (Number(line.slice(line.lastIndexOf(',') + 1)) === 1) counts.converted++;
  }
  return [...found].map(([week, counts]) => ({ week, ...counts })).sort((a, b) => (a.week < b.week ? -1 : 1));
}

/** The weeks that the model learnt from, first and last, as its card says. */
export interface TrainedWeeks {
  readonly from: IsoWeek;
  readonly to: IsoWeek;
}

/** Weeks that the model learnt from, and those after them (feed.md §2). Weeks before the first are neither. */
export function splitInTime(
  weeks: readonly TrainingWeek[],
  { from, to }: TrainedWeeks,
): { readonly inTime: readonly TrainingWeek[]; readonly after: readonly TrainingWeek[] } {
  return {
    inTime: weeks.filter(({ week }) => week >= from && week <= to),
    after: weeks.filter(({ week }) => week > to),
  };
}

export function rowsOfWeeks(weeks: readonly TrainingWeek[]): readonly number[] {
  return weeks.flatMap(({ rows }) => rows);
}

/** At most `most` of a list, at even distances. */
export function evenly<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  const step = items.length / most;
  return items.filter((_, place) => Math.floor((place + 1) / step) > Math.floor(place / step));
}
