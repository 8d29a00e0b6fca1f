import { decisionProofFile } from '../audit/decision-proof.ts';
import { leafText } from '../domain/decision.ts';
import { refuse } from '../domain/refusal.ts';
import type { IsoWeek } from '../domain/week.ts';
import { decisionPaths } from '../store/decision.store.ts';
import { entryBytesAt, inclusionsOfRuns } from '../store/decision-proof.reads.ts';
import type { Caller } from './execute.ts';
import { readDecision } from './read-customers.ts';
import type { Services } from './services.ts';

/**
 * The text of the file that proves what a week's current run decided on a customer (audit/decision-proof.ts); the read is audited.
 * Refuses NOT_FOUND where nothing was decided and INVALID_STATE while the log has not signed it.
 */
export async function proveDecision(
  services: Services,
  caller: Caller,
  about: { readonly campaign: string; readonly week: IsoWeek; readonly customer: string },
): Promise<string> {
  const recorded = await readDecision(services, caller, about);
  if (recorded === null)
    return refuse('NOT_FOUND', 'DECISION', `Nothing was decided on this customer in ${about.week}.`);
  const { runId, row, salt, fallbackBatch } = recorded;
  if (fallbackBatch !== undefined)
    return refuse(
      'NOT_FOUND',
      'FALLBACK',
      'No run decided this: the customer was drawn while the engine was off, and only the batch as a whole is proved.',
    );
  const db = services.db.manager;
  const { checkpoint, inclusions } = await inclusionsOfRuns(db, [runId]);
  const inclusion = inclusions.get(runId);
  if (checkpoint === null || inclusion === undefined)
    return refuse(
      'INVALID_STATE',
      'LOG_SIGNED',
      'The log has not signed the decision yet: ask again in a moment.',
    );
  const [path] = await decisionPaths(db, runId, [row]);
  if (path === undefined) throw new Error(`run ${runId} has no path of row ${row}`);
  const { index } = inclusion;
  return decisionProofFile({
    decision: {
      leaf: leafText(row, recorded, Buffer.from(salt).toString('hex')),
      index: row,
      size: path.size,
      path: path.path,
    },
    entry: { bytes: await entryBytesAt(db, index), index, path: inclusion.path },
    checkpoint: checkpoint.note,
  });
}
