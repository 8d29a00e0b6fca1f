import { merkleRoot, writeLeafHash } from '../../audit/merkle.ts';
import { HASH_SIZE } from '../../audit/tlog.ts';
import { challengerLeafText } from '../../domain/challenger.ts';
import { eachChallengerDecision } from '../../store/challenger.reads.ts';
import { erasedRows } from '../../store/erasure.reads.ts';
import { hasPartition, partitionsOf } from '../../store/recorded-rows.reads.ts';
import { partitionOf } from '../../store/snapshot.store.ts';
import { foremost, type RecordFault, recordFault } from './record-fault.ts';
import type { RecordWalk, WalkPart } from './record-walk.ts';

const TABLE = 'challenger_decision';

/** Every decision of every challenger, and that there are no others. */
export const walkChallengers: WalkPart = async (walk) => {
  const due = new Set<string>();
  for (const [id, { entry, fields }] of walk.claims.all('run_challenger')) {
    const root = fields.get('root')?.value;
    const scored = fields.get('scored')?.value;
    if (typeof root !== 'string' || typeof scored !== 'number') continue;
    due.add(partitionOf(TABLE, id));
    const found = await walkRun(walk, { id, root, scored, entry });
    if (found !== undefined) return found;
  }
  const strange = (await partitionsOf(walk.tx, TABLE)).find((name) => !due.has(name));
  if (strange === undefined) return undefined;
  return recordFault(TABLE, strange, 'UNSPOKEN', 'no entry speaks of the run that the table is of');
};

async function walkRun(
  { tx, counts }: RecordWalk,
  { id, root, scored, entry }: { id: string; root: string; scored: number; entry: number },
): Promise<RecordFault | undefined> {
  if (!(await hasPartition(tx, TABLE, id)))
    return recordFault(TABLE, id, 'MISSING', 'the table of the rows is gone', { entry });
  const leaves = Buffer.alloc(scored * HASH_SIZE);
  const seen = new Uint8Array(scored);
  let fault: RecordFault | undefined;
  const note = (row: number, rule: RecordFault['rule'], message: string) => {
    fault = foremost(fault, recordFault(TABLE, id, rule, message, { row, entry }));
  };
  const leafAt = (place: number) => leaves.subarray(place * HASH_SIZE, (place + 1) * HASH_SIZE);
  await eachChallengerDecision(tx, id, ({ foreign, place, salt, leaf, ...decision }) => {
    if (place < 0 || place >= scored) return note(place, 'UNSPOKEN', `the challenger scored ${scored} rows`);
    if (seen[place] === 1) return note(place, 'TWICE', 'the row stands twice');
    seen[place] = 1;
    if (foreign) return note(place, 'DIFFERS', 'the row says that it is of another run');
    writeLeafHash(leaves, place, challengerLeafText(decision, salt));
    if (Buffer.compare(leaf, leafAt(place)) !== 0) note(place, 'DIGEST', 'the row does not hash to its leaf');
  });
  if (fault !== undefined) return fault;
  const erased = await erasedRows(tx, 'challenger', id);
  const back = seen.findIndex((there, place) => there === 1 && (erased.all || erased.hashes.has(place)));
  if (back >= 0)
    return recordFault(TABLE, id, 'UNSPOKEN', 'the row was erased and is there again', { row: back, entry });
  counts.erased += erased.all ? scored : erased.hashes.size;
  counts.rows += erased.all ? 0 : scored - erased.hashes.size;
  if (erased.all) return undefined;
  for (let place = seen.indexOf(0); place >= 0; place = seen.indexOf(0, place + 1)) {
    const hash = erased.hashes.get(place);
    if (hash == null)
      return recordFault(TABLE, id, 'MISSING', 'the row is missing and no erasure says why', {
        row: place,
        entry,
      });
    leaves.set(hash, place * HASH_SIZE);
  }
  if (`sha256:${Buffer.from(merkleRoot(leaves)).toString('hex')}` === root) return undefined;
  return recordFault(TABLE, id, 'DIGEST', "the rows do not fold to the root of the challenger's decisions", {
    entry,
  });
}
