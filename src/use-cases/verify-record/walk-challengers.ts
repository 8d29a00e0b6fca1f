import { erasedRows } from '../../store/erasure.reads.ts';
import { eachChallengerDecision, hasPartition, partitionsOf } from '../../store/recorded-rows.reads.ts';
import { partitionOf } from '../../store/snapshot.store.ts';
import { ChallengerCheck, type ScoredChallenger } from './challenger-check.ts';
import { type RecordFault, recordFault } from './record-fault.ts';
import type { RecordWalk, WalkPart } from './record-walk.ts';

const TABLE = 'challenger_decision';

/** Every decision of every challenger, and that there are no others. */
export const walkChallengers: WalkPart = async (walk) => {
  const due = new Set<string>();
  for (const [runId, { entry, fields }] of walk.claims.all('run_challenger')) {
    const root = fields.get('root')?.value;
    const scored = fields.get('scored')?.value;
    if (typeof root !== 'string' || typeof scored !== 'number') continue;
    due.add(partitionOf(TABLE, runId));
    const found = await walkChallenger(walk, { runId, root, scored, entry });
    if (found !== undefined) return found;
  }
  const strange = (await partitionsOf(walk.tx, TABLE)).find((name) => !due.has(name));
  if (strange === undefined) return undefined;
  return recordFault(TABLE, strange, 'UNSPOKEN', 'no entry speaks of the run that the table is of');
};

async function walkChallenger(
  { tx, counts }: RecordWalk,
  challenger: ScoredChallenger,
): Promise<RecordFault | undefined> {
  const { runId, scored, entry } = challenger;
  if (!(await hasPartition(tx, TABLE, runId)))
    return recordFault(TABLE, runId, 'MISSING', 'the table of the rows is gone', { entry });
  const check = new ChallengerCheck(challenger);
  await eachChallengerDecision(tx, runId, (found) => check.take(found));
  const erased = await erasedRows(tx, 'challenger', runId);
  const gone = erased.all ? scored : erased.hashes.size;
  counts.erased += gone;
  counts.rows += scored - gone;
  return check.close(erased);
}
