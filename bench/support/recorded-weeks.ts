import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { entryBytes } from '../../src/audit/entry.ts';
import { addWeeks, type IsoWeek } from '../../src/domain/week.ts';
import { partitionOf } from '../../src/store/snapshot.store.ts';
import { approval } from './audit-bench.ts';

/** A week on record. */
export interface RecordedWeek {
  readonly runId: string;
  readonly week: IsoWeek;
}

/**
 * Records a week's run again as so many earlier ones: its decisions, its batch and its explanations, a transaction each. Frozen rows
 * and the decisions' tree are left out, which no explanation that is stored reads.
 */
export async function recordAgain(
  owner: pg.Client,
  original: RecordedWeek,
  times: number,
  progress: (done: number) => void,
): Promise<readonly RecordedWeek[]> {
  const weeks: RecordedWeek[] = [];
  for (let back = 1; back <= times; back++) {
    const copy = { runId: randomUUID(), week: addWeeks(original.week, -back) };
    await owner.query('begin');
    await copyRun(owner, original.runId, copy);
    await owner.query('insert into audit_staged (bytes) values ($1)', [entryBytes(approval(back))]);
    await owner.query('commit');
    weeks.push(copy);
    progress(back);
  }
  return weeks;
}

async function copyRun(owner: pg.Client, from: string, { runId, week }: RecordedWeek): Promise<void> {
  const batchId = randomUUID();
  const ofRun = `run_id = '${from}'`;
  const ofBatch = `batch_id = (select id from batch where ${ofRun})`;
  await copyRows(owner, 'run', `id = '${from}'`, { id: runId, week });
  await copyRows(owner, 'batch', ofRun, { id: batchId, run_id: runId, week });
  await copyRows(owner, 'recipient', ofBatch, { batch_id: batchId });
  await copyRows(owner, 'explanation', ofRun, { run_id: runId });
  await owner.query(`select open_partition('decision', $1)`, [runId]);
  await copyRows(
    owner,
    partitionOf('decision', from),
    'true',
    { run_id: runId },
    partitionOf('decision', runId),
  );
  await owner.query(`select seal_partition('decision', $1)`, [runId]);
}

/** Copies rows of a table with some of their columns set to other values. */
async function copyRows(
  owner: pg.Client,
  table: string,
  where: string,
  changed: Readonly<Record<string, string>>,
  into = table,
): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  const columns = rows.map(({ name }) => name);
  const values = columns.map((name) => (changed[name] === undefined ? name : `'${changed[name]}'`));
  await owner.query(`insert into ${into} (${columns}) select ${values} from ${table} where ${where}`);
}
