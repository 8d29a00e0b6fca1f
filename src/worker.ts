import { constants, setPriority } from 'node:os';
import { type App, openApp } from './app.ts';
import { newestCheckpoint } from './audit/log-reads.ts';
import { startSequencer } from './audit/sequencer.ts';
import { CheckpointMemory } from './checkpoint-memory.ts';
import type { Settings } from './config.ts';
import { startJobs } from './jobs/schedule.ts';
import { stopSignal } from './stop-signal.ts';

/** `waarom worker`: jobs alone, until it is told to stop; behind whoever waits for an answer on the same machine. */
export async function work(settings: Settings): Promise<void> {
  const app = await openApp(settings);
  // After an embedded PostgreSQL was started, which serves others too.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const background = await recallCheckpoint(app)
    .then((memory) => startBackground(app, memory))
    .catch(async (error: unknown) => {
      await app.close();
      throw error;
    });
  app.logger.info('the worker works');
  await stopSignal();
  await background.stop();
  await app.close();
}

/** Jobs and the audit log's sequencer; of several beside each other, one sequences at a time. */
export async function startBackground(
  app: App,
  memory: CheckpointMemory,
): Promise<{ stop(): Promise<void> }> {
  const sequencer = sequencing(app, memory);
  const jobs = await startJobs(app.services, { databaseUrl: app.databaseUrl, logger: app.logger });
  return {
    async stop() {
      await jobs.stop();
      await sequencer.stop();
    },
  };
}

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
