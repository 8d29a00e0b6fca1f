import { type ConstructorOptions, PgBoss } from 'pg-boss';
import { serviceUrl } from '../store/data-source.ts';
import { handOffReleased } from '../use-cases/hand-off.ts';
import { notifyIncidents } from '../use-cases/incidents.ts';
import { retain } from '../use-cases/retain.ts';
import type { Services } from '../use-cases/services.ts';
import { continueRuns } from './continue-runs.job.ts';
import { exportAudit } from './export-audit.job.ts';
import { judgeModels } from './judge-models.job.ts';
import { reproducePast } from './reproduce-past.job.ts';
import { startDueRuns } from './start-due-runs.job.ts';
import { watchDataUses } from './watch-data-uses.job.ts';
import { watchFeeds } from './watch-feeds.job.ts';
import { watchReaders } from './watch-readers.job.ts';

/** What is needed of the service's log. */
export interface JobLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface JobSettings {
  /** The plain address of the database. */
  readonly databaseUrl: string;
  readonly logger: JobLog;
}

/** A job: what it does each time, answering what came of it, and who then has something to do. */
interface Job {
  readonly work: (services: Services) => Promise<readonly unknown[] | number>;
  readonly wakes: readonly JobName[];
  /** When it is due, every minute when left out. */
  readonly cron?: string;
  /** How often it is looked whether others want it, POLLING_SECONDS when left out. */
  readonly pollingSeconds?: number;
}

export type JobName =
  | 'start-due-runs'
  | 'watch-feeds'
  | 'watch-data-uses'
  | 'continue-runs'
  | 'judge-models'
  | 'hand-off'
  | 'notify-incidents'
  | 'export-audit'
  | 'watch-readers'
  | 'reproduce-past'
  | 'retain';

const EVERY_MINUTE = '* * * * *';
/** When the bank sleeps and no run is due. */
const DAILY = '30 3 * * *';

/** Every job can be done at any time, by any number of processes at once: the database's rows say what is still to do. */
const JOBS: Readonly<Record<JobName, Job>> = {
  'start-due-runs': { work: startDueRuns, wakes: ['continue-runs', 'notify-incidents'] },
  'watch-feeds': { work: watchFeeds, wakes: ['continue-runs', 'notify-incidents'] },
  // A run that needs what expired refuses to start, whenever; this tells before it does.
  'watch-data-uses': { work: watchDataUses, wakes: ['notify-incidents'], cron: DAILY },
  // Whoever started a run by hand, in a process that does no jobs, looks on.
  'continue-runs': { work: continueRuns, wakes: ['notify-incidents'], pollingSeconds: 1 },
  'judge-models': { work: judgeModels, wakes: [] },
  'hand-off': { work: handOffReleased, wakes: ['notify-incidents'] },
  'notify-incidents': { work: notifyIncidents, wakes: [] },
  'export-audit': { work: exportAudit, wakes: ['notify-incidents'] },
  'watch-readers': { work: watchReaders, wakes: ['notify-incidents'] },
  'reproduce-past': { work: reproducePast, wakes: ['notify-incidents'], cron: DAILY },
  retain: { work: retain, wakes: [], cron: DAILY },
};
const NAMES = Object.keys(JOBS) as JobName[];

/**
 * One job waits at most of each kind. One that was being done by a process that was killed keeps no other from it, and none is
 * tried again by the queue: the next minute is. A run may take hours on a bad day.
 */
export const QUEUE = {
  policy: 'short',
  retryLimit: 0,
  expireInSeconds: 24 * 3600,
  retentionSeconds: 3600,
  deleteAfterSeconds: 24 * 3600,
};
/** Seconds between looks at a queue for what others put into it; what this process puts into it is taken at once. */
const POLLING_SECONDS = 10;

export interface RunningJobs {
  /** Has a job done at once instead of at the next minute. */
  wake(name: JobName): Promise<void>;
  /** Takes no more jobs and waits half a minute for those under way; whatever they leave undone is gone on with later. */
  stop(): Promise<void>;
}

/** Does every job now and then every minute, until stopped. The database must be migrated. */
export async function startJobs(
  services: Services,
  { databaseUrl, logger }: JobSettings,
): Promise<RunningJobs> {
  const boss = openQueue({ databaseUrl, logger }, { max: 2 });
  const workers = new Map<JobName, string>();
  const wake = async (name: JobName) => {
    await boss.send(name);
    const worker = workers.get(name);
    if (worker !== undefined) boss.notifyWorker(worker);
  };
  const doJob = async (name: JobName) => {
    const { work, wakes } = JOBS[name];
    let idle = false;
    try {
      const done = await work(services);
      idle = done === 0 || (typeof done !== 'number' && done.length === 0);
      if (!idle) logger.info({ job: name, done }, 'job done');
    } catch (error) {
      const id = services.ids.next();
      const errors = error instanceof AggregateError ? error.errors : [error];
      for (const err of errors) logger.error({ err, job: name, id }, 'job failed');
      // The queue keeps what is thrown, and an error's own words could be about a customer.
      throw new Error(`failed: the log says why under ${id}`);
    } finally {
      if (!idle) for (const next of wakes) await wake(next);
    }
  };
  const stop = () => boss.stop({ graceful: true, timeout: 30_000 });
  try {
    await boss.start();
    for (const name of NAMES) {
      await boss.createQueue(name, QUEUE);
      await boss.schedule(name, JOBS[name].cron ?? EVERY_MINUTE);
      workers.set(name, await boss.work(name, pollingOf(JOBS[name]), () => doJob(name)));
    }
    for (const name of NAMES) await wake(name);
  } catch (error) {
    await stop();
    throw error;
  }
  return { wake, stop };
}

function pollingOf({ pollingSeconds = POLLING_SECONDS }: Job) {
  return { pollingIntervalSeconds: pollingSeconds };
}

/** The queue in the service's database, not started yet; its faults go to the log. */
export function openQueue(
  { databaseUrl, logger }: JobSettings,
  options: Pick<ConstructorOptions, 'max' | 'supervise' | 'schedule'>,
): PgBoss {
  const boss = new PgBoss({
    connectionString: serviceUrl(databaseUrl),
    application_name: 'waarom jobs',
    schema: 'job_queue',
    // The tables are those of our migrations, and their owner's to look after.
    migrate: false,
    createSchema: false,
    reindex: false,
    monitorVacuum: false,
    ...options,
  });
  boss.on('error', ({ message }) => logger.error({ err: new Error(message) }, 'the job queue failed'));
  boss.on('warning', ({ message }) => logger.warn({ warning: message }, 'the job queue warns'));
  return boss;
}
