import { constants, setPriority } from 'node:os';
import { type App, openApp } from './app.ts';
import type { CheckpointMemory } from './checkpoint-memory.ts';
import type { Settings } from './config.ts';
import { startJobs } from './jobs/schedule.ts';
import { recallCheckpoint, sequencing } from './sequencing.ts';
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
