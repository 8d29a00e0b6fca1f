import { type App, openApp } from './app.ts';
import { startSequencer } from './audit/sequencer.ts';
import type { Settings } from './config.ts';
import { startJobs } from './jobs/schedule.ts';
import { stopSignal } from './stop-signal.ts';

/** `waarom worker`: jobs alone, until it is told to stop. */
export async function work(settings: Settings): Promise<void> {
  const app = await openApp(settings);
  const background = await startBackground(app);
  app.logger.info('the worker works');
  await stopSignal();
  await background.stop();
  await app.close();
}

/** Jobs and the audit log's sequencer; of several beside each other, one sequences at a time. */
export async function startBackground(app: App): Promise<{ stop(): Promise<void> }> {
  const sequencer = sequencing(app);
  const jobs = await startJobs(app.services, { databaseUrl: app.databaseUrl, logger: app.logger });
  return {
    async stop() {
      await jobs.stop();
      await sequencer.stop();
    },
  };
}

/** The audit log's sequencer on the service's database. */
export function sequencing({ services, auditLog, logger }: App): { stop(): Promise<void> } {
  return startSequencer({
    transaction: (append) => services.db.transaction(append),
    log: auditLog,
    clock: services.clock,
    onError: (error) => logger.error({ err: error }, 'the audit log could not be sequenced'),
  });
}
