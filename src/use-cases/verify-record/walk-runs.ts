import { erasedRows } from '../../store/erasure.reads.ts';
import {
  eachDecision,
  eachFrozenRow,
  hasPartition,
  leafBlocks,
  partitionsOf,
  type RecordedLeaves,
} from '../../store/recorded-rows.reads.ts';
import { partitionOf } from '../../store/snapshot.store.ts';
import { DecisionCheck } from './decision-check.ts';
import { type RecordFault, recordFault } from './record-fault.ts';
import type { RecordWalk, WalkPart } from './record-walk.ts';
import { SnapshotCheck } from './snapshot-check.ts';

/** How many rows are read between two signs of progress. */
const TOLD_ROWS = 100_000;

/** Every frozen row and every decision of every run, down to its bytes, and that there are no others. */
export const walkRuns: WalkPart = async (walk) => {
  for (const [id] of walk.claims.all('run')) {
    const found = (await walkSnapshot(walk, id)) ?? (await walkDecisions(walk, id));
    if (found !== undefined) return found;
  }
  return strangePartition(walk);
};

async function walkSnapshot(walk: RecordWalk, runId: string): Promise<RecordFault | undefined> {
  const said = walk.claims.of('run', runId)?.fields.get('snapshotDigest');
  const rows = walk.claims.value('run', runId, 'snapshotRows');
  if (typeof said?.value !== 'string' || typeof rows !== 'number') return undefined;
  const { value: digest, entry } = said;
  if (!(await hasPartition(walk.tx, 'snapshot_row', runId)))
    return recordFault('snapshot_row', runId, 'MISSING', 'the table of the rows is gone', { entry });
  const check = new SnapshotCheck({ runId, rows, digest, entry });
  const tell = teller(walk, `frozen rows of ${runId}`, rows);
  await eachFrozenRow(walk.tx, runId, (row, sha256) => {
    check.take(row, sha256);
    tell();
  });
  const erased = await erasedRows(walk.tx, 'snapshot', runId);
  const gone = erased.all ? rows : erased.hashes.size;
  walk.counts.erased += gone;
  walk.counts.snapshotRows += rows - gone;
  return check.close(erased);
}

async function walkDecisions(walk: RecordWalk, runId: string): Promise<RecordFault | undefined> {
  const said = walk.claims.of('run', runId)?.fields.get('decisionRoot');
  const rows = walk.claims.value('run', runId, 'snapshotRows');
  if (typeof said?.value !== 'string' || typeof rows !== 'number') return undefined;
  const { value: decisionRoot, entry } = said;
  if (!(await hasPartition(walk.tx, 'decision', runId)))
    return recordFault('decision', runId, 'MISSING', 'the table of the rows is gone', { entry });
  const check = new DecisionCheck({ id: runId, rows, decisionRoot, entry });
  const tell = teller(walk, `decisions of ${runId}`, rows);
  await eachDecision(walk.tx, runId, (found) => {
    check.take(found);
    tell();
  });
  const blocks: RecordedLeaves[] = [];
  for await (const block of leafBlocks(walk.tx, runId)) blocks.push(block);
  const erased = await erasedRows(walk.tx, 'decision', runId);
  const gone = erased.all ? rows : erased.hashes.size;
  walk.counts.erased += gone;
  walk.counts.decisions += rows - gone;
  return check.close(blocks, erased);
}

/** Rows under a run that froze or decided nothing would pass by all the rest. */
async function strangePartition({ tx, claims }: RecordWalk): Promise<RecordFault | undefined> {
  for (const [parent, field] of [
    ['snapshot_row', 'snapshotDigest'],
    ['decision', 'decisionRoot'],
  ] as const) {
    const due = new Set(
      [...claims.all('run')]
        .filter(([, { fields }]) => typeof fields.get(field)?.value === 'string')
        .map(([id]) => partitionOf(parent, id)),
    );
    const strange = (await partitionsOf(tx, parent)).find((name) => !due.has(name));
    if (strange !== undefined)
      return recordFault(parent, strange, 'UNSPOKEN', 'no entry speaks of the run that the table is of');
  }
  return undefined;
}

function teller({ progress }: RecordWalk, what: string, total: number): () => void {
  let done = 0;
  return () => {
    if (done++ % TOLD_ROWS === 0) progress(what, done, total);
  };
}
