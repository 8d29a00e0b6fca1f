import { digestOf } from '../audit/digest.ts';
import { merkleRoot, writeLeafHash } from '../audit/merkle.ts';
import { HASH_SIZE, sameHash } from '../audit/tlog.ts';
import { leafText } from '../domain/decision.ts';
import { refuse } from '../domain/refusal.ts';
import {
  certificateText,
  DecisionComparison,
  environmentDifferences,
  judgeReproduction,
  MetRows,
} from '../domain/reproduction.ts';
import { select } from '../domain/selection.ts';
import { eachDecision } from '../store/recorded-rows.reads.ts';
import { isErased } from '../store/reproduction.reads.ts';
import { ReproductionRow } from '../store/reproduction.row.ts';
import { RunRow } from '../store/run.row.ts';
import { isUuid } from '../store/slice.ts';
import type { Transaction } from '../store/transaction.ts';
import { Decisions, selectionKeys } from './decisions.ts';
import type { Command } from './execute.ts';
import { openIncident } from './incidents.ts';
import { type RecordOfRun, readRecord } from './record-of-run.ts';
import { scoreSnapshot } from './score-snapshot.ts';
import type { Services } from './services.ts';

/**
 * Executes a past run again, from its record alone, and compares decision by decision, score bits and Merkle root; keeps the
 * signed certificate. Anything but the same decisions opens an incident.
 */
export const reproduceRun: Command<{ runId: string }, ReproductionRow> = {
  action: 'run.reproduce',
  permission: 'run.reproduce',
  about: ({ runId }) => ({ campaign: null, subject: runId }),
  async handle({ tx, now, actor, services }, { runId }) {
    const run = isUuid(runId) ? await tx.findOneBy(RunRow, { id: runId }) : null;
    if (run === null) return refuse('NOT_FOUND', 'RUN', 'There is no such run.');
    const { campaign, week } = run;
    const { decisionRoot } = run;
    if (decisionRoot === null)
      return refuse(
        'INVALID_STATE',
        'RUN_DECIDED',
        `The run of ${week} is ${run.status}: it decided nothing.`,
      );
    if (await isErased(tx, runId))
      return refuse(
        'ERASED',
        'RETENTION',
        `The rows of ${week} were kept as long as they may be, and are erased.`,
      );
    const found = await reproduce(tx, services, run);
    const by = actor.subject;
    const facts = { campaign, week, attempt: run.attempt, runId: run.id, at: now, by, ...found };
    const certificate = services.sign(certificateText({ ...facts, recordedRoot: decisionRoot }));
    const row: ReproductionRow = {
      id: services.ids.next(),
      runId: run.id,
      at: now,
      by,
      verdict: found.verdict,
      compared: found.compared,
      differing: found.differing,
      erased: found.erased,
      recordedRoot: decisionRoot,
      decisionRoot: found.decisionRoot,
      differences: found.differences,
      faults: found.faults,
      environment: found.environment,
      certificate,
    };
    await tx.insert(ReproductionRow, row);
    if (found.verdict === 'DIVERGED' || found.verdict === 'BROKEN_RECORD') {
      await openIncident(tx, services, {
        kind: 'RECORD_BROKEN',
        campaign,
        runId: run.id,
        summary: `${campaign} ${week} did not reproduce: ${found.verdict}, ${found.faults[0] ?? `${found.differing} decisions differ`}`,
      });
    }
    const { attempt } = run;
    const { verdict, compared, differing, erased } = found;
    const said = { week, attempt, reproduction: row.id, verdict, compared, differing, erased };
    return {
      result: row,
      facts: {
        campaign,
        subject: run.id,
        digest: digestOf(certificate),
        details: { ...said, decisionRoot: found.decisionRoot },
      },
    };
  },
};

async function reproduce(tx: Transaction, services: Services, run: RunRow) {
  const record = await readRecord(tx, services, run);
  const comparison = new DecisionComparison();
  const whole = 'context' in record ? record : null;
  const outcome =
    whole !== null && whole.faults.length === 0 ? await decideAgain(tx, whole, comparison) : undefined;
  const faults = [...record.faults, ...(outcome?.faults ?? [])];
  const environment = environmentDifferences(record.manifest, {
    engine: services.engine,
    runtime: outcome?.runtime ?? record.manifest.runtime,
  });
  return {
    verdict: judgeReproduction(comparison, faults),
    manifestDigest: run.manifestDigest ?? '',
    compared: comparison.compared,
    differing: comparison.differing,
    close: comparison.close,
    erased: whole?.erased.size ?? 0,
    decisionRoot: outcome?.decisionRoot ?? run.decisionRoot ?? '',
    differences: comparison.first,
    faults,
    environment,
  };
}

/** Decides for every customer again and holds it against what was recorded of them. */
async function decideAgain(
  tx: Transaction,
  { context, manifest, model, reference, funds, leaves, erased, moved }: RecordOfRun,
  comparison: DecisionComparison,
): Promise<{ decisionRoot: string; runtime: string; faults: readonly string[] }> {
  const { run, config } = context;
  const keys = selectionKeys(run, config, manifest.holdoutSince);
  const { ties } = keys;
  const inputs = { asOf: manifest.asOf, funds, model, reference, ties, changes: { erased, moved } };
  const scored = await scoreSnapshot(tx, context, inputs);
  const selection = select(scored, config, keys, erased);
  const decisions = new Decisions(scored, selection);
  const met = new MetRows(decisions.size, erased);
  const own = Buffer.from(leaves);
  let rewritten = false;
  const leaf = Buffer.alloc(HASH_SIZE);
  await eachDecision(tx, run.id, ({ row, foreign, salt, decision: recorded }) => {
    if (recorded !== undefined) writeLeafHash(leaf, 0, leafText(row, recorded, salt));
    const kept = leaves.subarray(row * HASH_SIZE, (row + 1) * HASH_SIZE);
    const isRecorded = recorded !== undefined && !foreign && sameHash(leaf, kept);
    if (!met.meet(row, isRecorded) || recorded === undefined) return;
    const reproduced = decisions.at(row);
    if (comparison.add(row, recorded, reproduced)) return;
    writeLeafHash(own, row, leafText(row, reproduced, salt));
    rewritten = true;
  });
  return {
    // Where every leaf is the one on record, the tree is that which the record was held against (readRecord).
    decisionRoot: rewritten
      ? `sha256:${Buffer.from(merkleRoot(own)).toString('hex')}`
      : manifest.decisionRoot,
    runtime: scored.runtime,
    faults: met.faults(),
  };
}
