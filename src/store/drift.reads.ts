import type { Measured, WatchedRun } from '../domain/drift-watch.ts';
import type { IsoWeek } from '../domain/week.ts';
import { type MeasureName, PAST_WEEKS } from './run-record.store.ts';
import type { Transaction } from './transaction.ts';

/** A run of which drift is asked. */
export interface AskedRun {
  readonly id: string;
  readonly campaign: string;
  readonly week: IsoWeek;
  readonly modelId: string;
}

interface MeasuringRun extends AskedRun {
  readonly names: readonly MeasureName[];
}

const NAMES = ['FEATURE', 'SCORES', 'NULLS'] as const satisfies readonly MeasureName[];

/** What runs measured, each with the weeks before it; by run. */
export async function watchedRuns(
  db: Transaction,
  asked: readonly AskedRun[],
): Promise<ReadonlyMap<string, WatchedRun>> {
  const measuring = await measuringRuns(db, asked);
  const before = new Map(asked.map((run) => [run.id, weeksBefore(run, measuring)]));
  const ids = new Set(asked.map(({ id }) => id));
  for (const weeks of before.values()) for (const name of NAMES) for (const id of weeks[name]) ids.add(id);
  const measured = await measuresOf(db, [...ids]);
  const of = (id: string) => measured.get(id) ?? NOTHING;
  return new Map(
    asked.map(({ id }) => {
      const weeks = before.get(id) ?? { FEATURE: [], SCORES: [], NULLS: [] };
      const watched = {
        ...of(id),
        featuresBefore: listed(weeks.FEATURE.map((week) => of(week).features)),
        scoresBefore: weeks.SCORES.flatMap((week) => {
          const { scores } = of(week);
          return scores === null ? [] : [scores];
        }),
        nullsBefore: listed(weeks.NULLS.map((week) => of(week).nulls)),
      };
      return [id, watched];
    }),
  );
}

const NOTHING: Measured = { features: new Map(), scores: null, nulls: new Map() };

/** The current runs of the campaigns with what they measured, the newest week first. */
async function measuringRuns(db: Transaction, asked: readonly AskedRun[]): Promise<readonly MeasuringRun[]> {
  const weeks = asked.map(({ week }) => week).toSorted();
  return db.query(
    `select id, campaign, week, model_id as "modelId",
            array(select distinct name from run_measure where run_id = run.id and name = any ($3)) as names
     from run where campaign = any ($1) and week < $2 and current order by week desc`,
    [[...new Set(asked.map(({ campaign }) => campaign))], weeks.at(-1) ?? '', NAMES],
  );
}

/** By name, the last weeks before a run that measured it; features only where the same model decided. */
function weeksBefore(
  run: AskedRun,
  runs: readonly MeasuringRun[],
): Readonly<Record<(typeof NAMES)[number], readonly string[]>> {
  const earlier = runs.filter(({ campaign, week }) => campaign === run.campaign && week < run.week);
  const last = (name: (typeof NAMES)[number]) =>
    earlier
      .filter(({ names, modelId }) => names.includes(name) && (name !== 'FEATURE' || modelId === run.modelId))
      .slice(0, PAST_WEEKS)
      .map(({ id }) => id);
  return { FEATURE: last('FEATURE'), SCORES: last('SCORES'), NULLS: last('NULLS') };
}

async function measuresOf(db: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, Measured>> {
  const rows: { runId: string; name: (typeof NAMES)[number]; subject: string; value: number[] }[] =
    await db.query(
      `select run_id as "runId", name, subject, value from run_measure where run_id = any ($1) and name = any ($2)`,
      [ids, NAMES],
    );
  return new Map(
    Array.from(
      Map.groupBy(rows, ({ runId }) => runId),
      ([runId, ofRun]) => {
        const named = (name: (typeof NAMES)[number]) => ofRun.filter((row) => row.name === name);
        const measured = {
          features: new Map(named('FEATURE').map(({ subject, value }) => [subject, value])),
          scores: named('SCORES')[0]?.value ?? null,
          nulls: new Map(named('NULLS').map(({ subject, value }) => [subject, value[0] ?? 0])),
        };
        return [runId, measured];
      },
    ),
  );
}

/** By subject the values of some weeks, in their order. */
function listed<Value>(weeks: readonly ReadonlyMap<string, Value>[]): ReadonlyMap<string, readonly Value[]> {
  const values = new Map<string, Value[]>();
  for (const week of weeks)
    for (const [subject, value] of week) values.set(subject, [...(values.get(subject) ?? []), value]);
  return values;
}
