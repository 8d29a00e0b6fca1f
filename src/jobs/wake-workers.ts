import { type JobName, type JobSettings, openQueue, QUEUE } from './schedule.ts';

/**
 * Has a job done by whichever worker there is, from a process that does none itself: it waits in the queue, and a worker takes it
 * within seconds. The database must be migrated.
 */
export async function wakeWorkers(settings: JobSettings, name: JobName): Promise<void> {
  const queue = openQueue(settings, { supervise: false, schedule: false, max: 1 });
  await queue.start();
  try {
    // Before any worker was ever started there is nothing to wait in.
    await queue.createQueue(name, QUEUE);
    await queue.send(name);
  } finally {
    await queue.stop({ graceful: false });
  }
}
