import type { EntityManager } from 'typeorm';
import type { Check } from '../domain/check.ts';
import type { FeatureHistory } from '../domain/drift-check.ts';
import type { FeedHistory } from '../domain/feed-check.ts';
import type { ManifestFile } from '../domain/manifest.ts';
import type { OutputHistory } from '../domain/output-check.ts';
import type { IsoWeek } from '../domain/week.ts';

/** How many weeks back a run compares itself. */
export const PAST_WEEKS = 8;

/** Adds checks after those that the run already has. */
export async function addChecks(tx: EntityManager, runId: string, checks: readonly Check[]): Promise<void> {
  await tx.query(
    `insert into run_check (run_id, position, name, kind, verdict, measured, "limit", message, subject)
     select $1, (select count(*) from run_check where run_id = $1) + n, name, kind, verdict, measured, lim, message, subject
     from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) with ordinality
          as t (name, kind, verdict, measured, lim, message, subject, n)`,
    [
      runId,
      checks.map(({ name }) => name),
      checks.map(({ kind }) => kind),
      checks.map(({ verdict }) => verdict),
      checks.map(({ measured }) => measured),
      checks.map(({ limit }) => limit),
      checks.map(({ message }) => message),
      checks.map(({ subject }) => subject),
    ],
  );
}

/** A row of a feed's file that is not used. */
export interface RejectedRow {
  readonly file: string;
  readonly line: number;
  readonly field: string;
  readonly rule: string;
}

export async function addRejectedRows(
  tx: EntityManager,
  runId: string,
  rows: readonly RejectedRow[],
): Promise<void> {
  await tx.query(
    `insert into rejected_row (run_id, file, line, field, rule)
     select $1, * from unnest($2::text[], $3::int[], $4::text[], $5::text[])`,
    [
      runId,
      rows.map((r) => r.file),
      rows.map((r) => r.line),
      rows.map((r) => r.field),
      rows.map((r) => r.rule),
    ],
  );
}

export async function addFeedFiles(
  tx: EntityManager,
  runId: string,
  files: readonly ManifestFile[],
): Promise<void> {
  for (const { name, digest, rows, rejected } of files) {
    await tx.query(
      'insert into run_feed_file (run_id, name, digest, rows, rejected) values ($1, $2, $3, $4, $5)',
      [runId, name, digest, rows, rejected],
    );
  }
}

/** The files of the feed that a run received, by name. */
export async function feedFilesOf(tx: EntityManager, runId: string): Promise<readonly ManifestFile[]> {
  return tx.query('select name, digest, rows, rejected from run_feed_file where run_id = $1 order by name', [
    runId,
  ]);
}

/** Names of what a run measures for the weeks that follow. */
export type MeasureName = 'ROWS' | 'NULLS' | 'RATES' | 'ABOVE_THRESHOLD' | 'SCORES' | 'FEATURE';

export interface Measure {
  readonly name: MeasureName;
  /** The column or feature measured, '' for the run as a whole. */
  readonly subject: string;
  readonly value: readonly number[];
}

export async function addMeasures(
  tx: EntityManager,
  runId: string,
  measures: readonly Measure[],
): Promise<void> {
  await tx.query(
    `insert into run_measure (run_id, name, subject, value)
     select $1, name, subject, value::float8[] from unnest($2::text[], $3::text[], $4::text[]) as t (name, subject, value)`,
    [
      runId,
      measures.map(({ name }) => name),
      measures.map(({ subject }) => subject),
      measures.map(({ value }) => `{${value.join()}}`),
    ],
  );
}

/** The feeds of the last weeks that were accepted. */
export async function feedHistory(tx: EntityManager, campaign: string, week: IsoWeek): Promise<FeedHistory> {
  const measures = await measuresBefore(tx, campaign, week, ['ROWS', 'NULLS', 'RATES']);
  return {
    rows: valuesOf(measures, 'ROWS').get('') ?? [],
    nulls: valuesOf(measures, 'NULLS'),
    rates: valuesOf(measures, 'RATES'),
  };
}

/** The output of the last weeks, halted ones too: else a lasting change of volume would halt for ever. */
export async function outputHistory(
  tx: EntityManager,
  campaign: string,
  week: IsoWeek,
): Promise<OutputHistory> {
  const measures = await measuresBefore(tx, campaign, week, ['ABOVE_THRESHOLD', 'SCORES']);
  return {
    aboveThreshold: valuesOf(measures, 'ABOVE_THRESHOLD').get('') ?? [],
    scoreCounts: measures.filter(({ name }) => name === 'SCORES').map(({ value }) => value),
  };
}

/** How features were spread in the last weeks that the same model decided, or halted on. */
export async function featureHistory(
  tx: EntityManager,
  { campaign, week, modelId }: { campaign: string; week: IsoWeek; modelId: string },
): Promise<FeatureHistory> {
  const measures = await measuresBefore(tx, campaign, week, ['FEATURE'], modelId);
  const bySubject = Map.groupBy(measures, ({ subject }) => subject);
  return new Map(Array.from(bySubject, ([subject, weeks]) => [subject, weeks.map(({ value }) => value)]));
}

/** @param modelId only of weeks of this model, where it is given */
async function measuresBefore(
  tx: EntityManager,
  campaign: string,
  week: IsoWeek,
  names: readonly MeasureName[],
  modelId: string | null = null,
): Promise<readonly Measure[]> {
  return tx.query(
    `select m.name, m.subject, m.value
     from (select id, week from run r
           where campaign = $1 and week < $2 and current and ($5::uuid is null or model_id = $5)
             and exists (select from run_measure where run_id = r.id and name = any ($4))
           order by week desc limit $3) r
     join run_measure m on m.run_id = r.id and m.name = any ($4)
     order by r.week desc`,
    [campaign, week, PAST_WEEKS, names, modelId],
  );
}

function valuesOf(measures: readonly Measure[], name: MeasureName): ReadonlyMap<string, readonly number[]> {
  const values = new Map<string, number[]>();
  for (const measure of measures) {
    if (measure.name !== name) continue;
    values.set(measure.subject, [...(values.get(measure.subject) ?? []), measure.value[0] ?? 0]);
  }
  return values;
}
