import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { PoolClient } from 'pg';
import { to } from 'pg-copy-streams';
import { digestOfJson } from '../../src/audit/digest.ts';
import { merkleRoot, writeLeafHash } from '../../src/audit/merkle.ts';
import {
  ARMS,
  type Decision,
  ELIGIBILITY_REASONS,
  leafText,
  OUTCOMES,
  REASONS,
  type Reason,
} from '../../src/domain/decision.ts';
import type { Funnel } from '../../src/domain/funnel.ts';
import { ConfigVersionRow } from '../../src/store/config-version.row.ts';
import { funnelOf } from '../../src/store/funnel.reads.ts';
import { RunRow } from '../../src/store/run.row.ts';
import { partitionOf } from '../../src/store/snapshot.store.ts';
import type { Database } from '../../src/store/transaction.ts';

export interface RecordedRow extends Decision {
  readonly row: number;
  readonly salt: Buffer;
}

interface SnapshotRow {
  readonly row: number;
  readonly customer: string;
  readonly optedIn: boolean;
  readonly optedOut: boolean;
}

/** What stands in the database of a run that decided, read anew and decoded by the test's own hand. */
export interface RunRecord {
  readonly run: RunRow;
  readonly funnel: Funnel;
  readonly decisions: readonly RecordedRow[];
  readonly snapshot: readonly SnapshotRow[];
  readonly snapshotDigest: string;
  readonly threshold: number;
  readonly capacity: number;
}

export async function readRecord(db: Database, runId: string): Promise<RunRecord> {
  const run = await db.manager.findOneByOrFail(RunRow, { id: runId });
  const { settings } = await db.manager.findOneByOrFail(ConfigVersionRow, { id: run.configId });
  const funnel = await funnelOf(db.manager, runId);
  if (funnel === undefined) throw new Error(`run ${runId} has no funnel`);
  return {
    run,
    funnel,
    decisions: await decisionsOf(db, runId),
    snapshot: await snapshotOf(db, run),
    snapshotDigest: await snapshotDigestOf(db, runId),
    threshold: settings.threshold,
    capacity: settings.capacity,
  };
}

export async function decisionsOf(db: Database, runId: string): Promise<readonly RecordedRow[]> {
  const rows: (Record<'outcome' | 'row_no', number> & {
    customer: string;
    salt: Buffer;
    arm: number | null;
    reasons: number[];
    score: number | null;
    rank: number | null;
  })[] = await db.query(`select * from ${partitionOf('decision', runId)} order by row_no`);
  return rows.map(({ row_no, customer, salt, outcome, arm, reasons, score, rank }) => ({
    row: row_no,
    customer,
    salt,
    outcome: OUTCOMES[outcome]!,
    arm: arm === null ? null : ARMS[arm]!,
    reasons: reasons.map((code) => REASONS[code]!),
    score,
    rank,
  }));
}

async function snapshotOf(db: Database, run: RunRow): Promise<readonly SnapshotRow[]> {
  const [contract]: { columns: { name: string; type: string; category: string }[] }[] = await db.query(
    'select columns from feed_contract where campaign = $1 and number = $2',
    [run.campaign, run.contract],
  );
  const numbers = (contract?.columns ?? []).filter(
    ({ type, category }) => category !== 'key' && type !== 'text' && type !== 'id',
  );
  const at = (name: string) => numbers.findIndex((column) => column.name === name);
  const rows: { row_no: number; customer: string; numbers: (number | null)[]; opted_out: boolean }[] =
    await db.query(`select * from ${partitionOf('snapshot_row', run.id)} order by row_no`);
  return rows.map(({ row_no, customer, numbers: values, opted_out }) => ({
    row: row_no,
    customer,
    optedIn: values[at('opt_in')] === 1,
    optedOut: opted_out || values[at('opted_out')] === 1,
  }));
}

/** The SHA-256 over the SHA-256s of the rows as PostgreSQL writes them: a count of fields, then length and bytes of each. */
async function snapshotDigestOf(db: Database, runId: string): Promise<string> {
  const runner = db.createQueryRunner();
  try {
    const client: PoolClient = await runner.connect();
    const table = partitionOf('snapshot_row', runId);
    const bytes = await buffer(
      client.query(to(`copy (select * from ${table} order by row_no) to stdout (format binary)`)),
    );
    const digest = createHash('sha256');
    const header = 19;
    for (let start = header; bytes.readInt16BE(start) !== -1; ) {
      let end = start + 2;
      for (let fields = bytes.readInt16BE(start); fields > 0; fields--) {
        end += 4 + Math.max(bytes.readInt32BE(end), 0);
      }
      digest.update(createHash('sha256').update(bytes.subarray(start, end)).digest());
      start = end;
    }
    return `sha256:${digest.digest('hex')}`;
  } finally {
    await runner.release();
  }
}

/** The root of the tree over the decisions, from the rows alone. */
export function rootOf(decisions: readonly RecordedRow[]): string {
  const leaves = Buffer.alloc(32 * decisions.length);
  decisions.forEach((decision, i) => {
    writeLeafHash(leaves, i, leafText(decision.row, decision, decision.salt.toString('hex')));
  });
  return `sha256:${Buffer.from(merkleRoot(leaves)).toString('hex')}`;
}

/** What is wrong with a record, judged by the rules that every run must keep; nothing when all is well. */
export function faultsOf(record: RunRecord): readonly string[] {
  const { run, funnel, decisions, snapshot } = record;
  const faults: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) faults.push(`${run.campaign} ${run.week}: ${what}`);
  };
  const count = (of: (decision: RecordedRow) => boolean) => decisions.filter(of).length;
  must(decisions.length === snapshot.length, 'there is not a decision for every row of the snapshot');
  must(run.snapshotRows === snapshot.length, 'the run counts other rows than its snapshot has');
  must(
    decisions.every(({ row, customer }, i) => row === i && customer === snapshot[i]?.customer),
    'decisions and snapshot are not in the same order',
  );
  must(
    new Set(decisions.map(({ customer }) => customer)).size === decisions.length,
    'a customer stands twice',
  );

  must(funnel.considered === decisions.length, 'the funnel does not consider everyone');
  must(
    funnel.mailed + funnel.heldOut + funnel.notChosen + funnel.notEligible === funnel.considered,
    'the funnel does not add up',
  );
  must(funnel.mailed === count(({ outcome }) => outcome === 'MAIL'), 'the funnel counts others mailed');
  must(
    funnel.heldOut === count(({ outcome }) => outcome === 'HELD_OUT'),
    'the funnel counts others held out',
  );
  must(
    funnel.notChosen === count(({ outcome }) => outcome === 'NOT_CHOSEN'),
    'the funnel counts others not chosen',
  );
  must(funnel.scored === count(({ score }) => score !== null), 'the funnel counts other scores');
  must(
    funnel.aboveThreshold === count(({ score }) => score !== null && score >= record.threshold),
    'the funnel counts others above the threshold',
  );
  for (const { reason, count: counted, decisive } of funnel.reasons) {
    must(counted === count(({ reasons }) => reasons.includes(reason)), `the funnel miscounts ${reason}`);
    must(
      decisive === count(({ reasons }) => reasons[0] === reason),
      `the funnel miscounts decisive ${reason}`,
    );
  }

  const barring: readonly Reason[] = ELIGIBILITY_REASONS;
  decisions.forEach((decision, i) => {
    const { outcome, arm, reasons, score, rank } = decision;
    const barred = outcome === 'NOT_ELIGIBLE';
    const frozen = snapshot[i];
    must(reasons.length > 0, 'somebody has no reason');
    must(reasons.every((reason) => barring.includes(reason)) === barred, 'a reason is not of its outcome');
    must(
      (score === null) === barred && (rank === null) === barred,
      'a score is where none may be, or none where one must be',
    );
    if (frozen !== undefined && (frozen.optedOut || !frozen.optedIn))
      must(barred, 'somebody without consent was scored');
    must(
      outcome === { MODEL: 'MAIL', EXPLORATION: 'MAIL', HOLDOUT: 'HELD_OUT' }[arm ?? 'MODEL'] || arm === null,
      'an arm is not of its outcome',
    );
    if (score === null || rank === null) return;
    const above = score >= record.threshold;
    const chosen = arm === 'MODEL' || arm === 'HOLDOUT';
    must(score >= 0 && score <= 1, 'a score is no probability');
    must(
      reasons.includes(above ? 'ABOVE_THRESHOLD' : 'BELOW_THRESHOLD'),
      'a reason is not that of the score',
    );
    must(chosen === (above && rank <= record.capacity), 'somebody is chosen beyond threshold or capacity');
  });
  const ranked = decisions
    .filter(({ rank }) => rank !== null)
    .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  must(
    ranked.every(({ rank }, i) => rank === i + 1),
    'ranks are not 1 to n',
  );
  must(
    ranked.every(({ score }, i) => i === 0 || (ranked[i - 1]?.score ?? 0) >= (score ?? 0)),
    'a worse score has a better rank',
  );

  must(record.snapshotDigest === run.snapshotDigest, 'the snapshot is not the one that was digested');
  must(rootOf(decisions) === run.decisionRoot, 'the decisions are not those of the root');
  must(run.manifest?.decisionRoot === run.decisionRoot, 'the manifest has another root');
  must(run.manifest?.snapshot.digest === run.snapshotDigest, 'the manifest has another snapshot');
  must(digestOfJson(run.manifest) === run.manifestDigest, 'the manifest is not the one that was digested');
  return [...new Set(faults)];
}
