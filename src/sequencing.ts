import type { App } from './app.ts';
import { newestCheckpoint } from './audit/log-reads.ts';
import { startSequencer } from './audit/sequencer.ts';
import { CheckpointMemory } from './checkpoint-memory.ts';

/** What this machine remembers of the log. Throws RolledBackError where the database does not hold it. */
export async function recallCheckpoint({ services, settings, auditLog }: App): Promise<CheckpointMemory> {
  const memory = await CheckpointMemory.open(settings.dataDir);
  await services.db.transaction('REPEATABLE READ', (tx) => memory.check(tx, auditLog));
  return memory;
}

/** The audit log's sequencer on the service's database; it goes on from what is remembered, or not at all. */
export function sequencing(
  { services, auditLog, logger }: App,
  memory: CheckpointMemory,
): { stop(): Promise<void> } {
  return startSequencer({
    transaction: async (append) => {
      const { moved, newest } = await services.db.transaction(async (tx) => {
        memory.checkSize(await newestCheckpoint(tx));
        const moved = await append(tx);
        // Only what was signed here is known to be right.
        return { moved, newest: moved === 0 ? undefined : await newestCheckpoint(tx) };
      });
      if (newest !== undefined) await memory.remember(newest);
      return moved;
    },
    log: auditLog,
    clock: services.clock,
    onError: (error) => logger.error({ err: error }, 'the audit log could not be sequenced'),
  });
}
