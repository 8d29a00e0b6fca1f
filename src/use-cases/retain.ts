import { keptFrom, RETAINED_KINDS, type RetainedKind } from '../domain/retention.ts';
import { dateIn } from '../domain/week.ts';
import { insertErasure } from '../store/erasure.store.ts';
import { eraseDue, holdRetention, nextDue } from '../store/retention.store.ts';
import { record } from './execute.ts';
import { ENGINE } from './run-step.ts';
import type { Services } from './services.ts';

/** What was erased because its period had passed. */
export interface ErasedByAge {
  readonly erasure: string;
  readonly kind: RetainedKind;
  /** The run or the batch whose rows went; null for contacts. */
  readonly owner: string | null;
  readonly rows: number;
}

/**
 * Erases what is older than its kind is kept (services.retention), a run or a batch at a time, each with its entry: cut off, it goes
 * on where it was; done again, it finds nothing to do. A kind that fails does not keep the others back: AggregateError is thrown at
 * the end.
 */
export async function retain(services: Services): Promise<readonly ErasedByAge[]> {
  const erased: ErasedByAge[] = [];
  const failures: unknown[] = [];
  for (const kind of RETAINED_KINDS) {
    try {
      for (;;) {
        const next = await eraseNext(services, kind);
        if (next === null) break;
        erased.push(next);
      }
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'not everything past its period was erased');
  return erased;
}

async function eraseNext(services: Services, kind: RetainedKind): Promise<ErasedByAge | null> {
  const now = services.clock.now();
  const period = services.retention[kind];
  const firstKept = keptFrom(dateIn('UTC', now), period);
  return services.db.transaction(async (tx) => {
    await holdRetention(tx);
    const due = await nextDue(tx, kind, firstKept);
    if (due === undefined) return null;
    const erasure = services.ids.next();
    const rows = await eraseDue(tx, erasure, kind, due, firstKept);
    const reason = `${kind} are kept for ${period.text}`;
    const about = { requestedBy: null, tombstone: null, reason };
    const digest = await insertErasure(
      tx,
      { id: erasure, erasedAt: now, erasedBy: ENGINE.actor.subject, ...about },
      rows,
    );
    const details = { kind, owner: due.id, rows, keptFrom: firstKept, period: period.text };
    const facts = { campaign: due.campaign, subject: erasure, digest, details };
    await record(tx, { now, caller: ENGINE, role: 'OPERATOR', action: 'retention.erase', facts });
    return { erasure, kind, owner: due.id, rows };
  });
}
