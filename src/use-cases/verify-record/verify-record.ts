import type { AuditEntry } from '../../audit/entry.ts';
import type { LogFault } from '../../audit/log-check.ts';
import type { NoteVerifier } from '../../audit/signed-note.ts';
import { checkStaged } from '../../audit/staged.ts';
import { type LogVerification, type VerifyOptions, verifyLog } from '../../audit/verify.ts';
import { guardsOf } from '../../store/guard.reads.ts';
import type { Transaction } from '../../store/transaction.ts';
import { BATCH_ENTRIES } from './batch-entries.ts';
import { compareGuards } from './compare-guards.ts';
import { CONFIG_ENTRIES } from './config-entries.ts';
import { CUSTOMER_ENTRIES } from './customer-entries.ts';
import { GOVERNANCE_ENTRIES } from './governance-entries.ts';
import { INCIDENT_ENTRIES } from './incident-entries.ts';
import { MODEL_ENTRIES } from './model-entries.ts';
import { RecordClaims } from './record-claims.ts';
import type { RecordFault } from './record-fault.ts';
import type { Outbox, RecordCounts, RecordWalk, WalkPart } from './record-walk.ts';
import { RUN_ENTRIES } from './run-entries.ts';
import type { Says } from './spoken-entry.ts';
import { walkBatches } from './walk-batches.ts';
import { walkChallengers } from './walk-challengers.ts';
import { walkCustomers } from './walk-customers.ts';
import { walkModels } from './walk-models.ts';
import { walkRuns } from './walk-runs.ts';
import { walkErasures, walkGovernance, walkIncidents, walkRunRows } from './walk-state.ts';

/** What verifying needs beside the database. */
export interface VerifyRecord extends Pick<VerifyOptions, 'remembered' | 'formerKeys'> {
  readonly origin: string;
  readonly verifier: NoteVerifier;
  /** Null where hand-offs are not left in a folder. */
  readonly outbox: Outbox | null;
  readonly progress: (what: string, done: number, total: number) => void;
}

/** What verifying found. The record is as the log says when `fault` is null. */
export interface RecordVerification {
  readonly log: LogVerification;
  readonly counts: RecordCounts;
  readonly fault: LogFault | RecordFault | null;
}

const ENTRIES: Readonly<Record<string, Says>> = {
  ...GOVERNANCE_ENTRIES,
  ...MODEL_ENTRIES,
  ...CONFIG_ENTRIES,
  ...RUN_ENTRIES,
  ...BATCH_ENTRIES,
  ...CUSTOMER_ENTRIES,
  ...INCIDENT_ENTRIES,
};

const PARTS: readonly WalkPart[] = [
  async ({ tx }) => compareGuards(await guardsOf(tx)),
  walkErasures,
  walkGovernance,
  walkModels,
  walkRunRows,
  walkRuns,
  walkChallengers,
  walkBatches,
  walkCustomers,
  walkIncidents,
];

/**
 * Walks from the newest checkpoint down: the log, then everything that hangs on it, to every decision and every byte of a model.
 * Stops at the first thing that differs. Call it in a REPEATABLE READ transaction: the service goes on beside it, and entries
 * that are staged and not yet in the log count as said.
 */
export async function verifyRecord(tx: Transaction, input: VerifyRecord): Promise<RecordVerification> {
  const claims = new RecordClaims();
  const { origin, verifier, remembered = [], formerKeys = [], progress } = input;
  progress('entries of the log', 0, 0);
  const onEntry = (index: number, entry: AuditEntry) => take(claims, index, entry);
  const log = await verifyLog(tx, origin, verifier, { remembered, formerKeys, onEntry });
  const counts = { rows: 0, decisions: 0, snapshotRows: 0, modelBytes: 0, recipients: 0, erased: 0 };
  if (log.fault !== null) return { log, counts, fault: log.fault };
  const staged = await checkStaged(tx, log.entries, onEntry);
  const walk: RecordWalk = { tx, claims, counts, outbox: input.outbox, progress };
  for (const part of PARTS) {
    const fault = await part(walk);
    if (fault !== undefined) return { log, counts, fault };
  }
  // Told last: a clock that went wrong leaves it too, and must not hide what else is wrong.
  return { log, counts, fault: log.dated ?? staged ?? null };
}

function take(claims: RecordClaims, index: number, entry: AuditEntry): void {
  const says = entry.refusal === null ? ENTRIES[entry.action] : undefined;
  says?.(claims, { index, entry, subject: entry.subject ?? '', campaign: entry.campaign ?? '' });
}
