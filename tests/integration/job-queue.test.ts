import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RunningJobs, startJobs } from '../../src/jobs/schedule.ts';
import { serviceUrl } from '../../src/store/data-source.ts';
import type { Services } from '../../src/use-cases/services.ts';
import { ServiceHarness } from '../support/service-harness.ts';
import { addLiveModel, addReleasedBatch, applyShipped } from '../support/shipped-campaign.ts';

const WAIT = { timeout: 30_000, interval: 50 };
let harness: ServiceHarness;
const running: RunningJobs[] = [];
const logged: { level: string; fields: object; message: string }[] = [];

beforeEach(async () => {
  harness = await ServiceHarness.start();
  harness.now = new Date('2026-03-09T09:00:00Z');
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((jobs) => jobs.stop()));
  await harness.stop();
  logged.splice(0);
});

async function start(changes: Partial<Services> = {}): Promise<RunningJobs> {
  const log = (level: string) => (fields: object, message: string) =>
    void logged.push({ level, fields, message });
  const jobs = await startJobs(
    { ...harness.services, ...changes },
    {
      databaseUrl: harness.database.databaseUrl,
      logger: { info: log('info'), warn: log('warn'), error: log('error') },
    },
  );
  running.push(jobs);
  return jobs;
}

async function owner<T extends object>(sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: harness.database.ownerUrl });
  await client.connect();
  const { rows } = await client.query<T>(sql).finally(() => client.end());
  return rows;
}

function boss(): PgBoss {
  return new PgBoss({
    connectionString: serviceUrl(harness.database.databaseUrl),
    schema: 'job_queue',
    migrate: false,
    max: 1,
  });
}

describe('the queue in the database', () => {
  it('is the one that this pg-boss works with', async () => {
    const queue = boss();
    // Throws where the tables are those of another pg-boss: then a migration of ours is due.
    await queue.start();
    expect(await queue.detectSchemaDrift()).toMatchObject({ ok: true });
    await queue.stop();
  });

  it('cannot be altered by the service', async () => {
    const client = new pg.Client({ connectionString: harness.database.url });
    await client.connect();
    for (const statement of [
      'create table job_queue.mine (id int)',
      'alter table job_queue.job add column mine int',
      'drop table job_queue.job',
      'truncate job_queue.job',
      'delete from job_queue.version',
    ]) {
      await expect(client.query(statement)).rejects.toThrow(/permission denied|must be owner/);
    }
    await client.end();
  });
});

describe('startJobs', () => {
  it('takes a due week from its schedule to its incident, once, with two processes at it', async () => {
    const campaign = await applyShipped(harness);
    await addLiveModel(harness, campaign);
    harness.now = new Date('2026-03-15T00:00:30Z');
    const notify = vi.fn(async () => {});
    await Promise.all([start({ notifier: { notify } }), start({ notifier: { notify } })]);
    await vi.waitFor(() => expect(notify).toHaveBeenCalled(), WAIT);
    const { db } = harness.services;
    expect(await db.query('select week, status, trigger from run')).toEqual([
      { week: '2026-W11', status: 'HALTED', trigger: 'SCHEDULE' },
    ]);
    await Promise.all(running.splice(0).map((jobs) => jobs.stop()));
    expect(notify).toHaveBeenCalledTimes(1);
    expect(logged.filter(({ level }) => level !== 'info')).toEqual([]);
    expect(
      await owner(`select from pg_stat_activity where application_name = 'waarom jobs'
      and datname = current_database()`),
    ).toEqual([]);
  });

  it('does a job when it is woken, and knows campaigns that came after its start', async () => {
    const jobs = await start();
    const campaign = await applyShipped(harness);
    await addLiveModel(harness, campaign);
    await addReleasedBatch(harness, campaign, '2026-W10');
    await jobs.wake('hand-off');
    const { db } = harness.services;
    await vi.waitFor(
      async () => expect(await db.query('select from hand_off where delivered_at is null')).toEqual([]),
      WAIT,
    );
    harness.now = new Date('2026-03-15T00:00:30Z');
    await jobs.wake('start-due-runs');
    await vi.waitFor(
      async () => expect(await db.query('select status from run')).toEqual([{ status: 'HALTED' }]),
      WAIT,
    );
  });

  it('logs what failed under an id, and keeps the words of the error out of the database', async () => {
    const campaign = await applyShipped(harness);
    await addReleasedBatch(harness, campaign, '2026-W10');
    await addReleasedBatch(harness, campaign, '2026-W11');
    const away = { deliver: () => Promise.reject(new Error('customer c1 is not welcome')) };
    const notify = vi.fn(async () => {});
    await start({ mailTool: away, notifier: { notify } });
    const failed = () => logged.filter(({ level }) => level === 'error');
    await vi.waitFor(() => expect(failed()).toHaveLength(2), WAIT);
    const [first, second] = failed().map(({ fields }) => fields as { id: string; err: Error; job: string });
    expect(first).toMatchObject({ job: 'hand-off', err: { message: 'customer c1 is not welcome' } });
    expect(second?.id).toBe(first?.id);
    await vi.waitFor(() => expect(notify).toHaveBeenCalledTimes(2), WAIT);
    await vi.waitFor(async () => {
      const outputs = await owner<{ output: string }>(
        `select output::text from job_queue.job where state = 'failed'`,
      );
      expect(outputs).toHaveLength(1);
      expect(outputs[0]?.output).toContain(first?.id);
      expect(outputs[0]?.output).not.toContain('customer c1');
    }, WAIT);
  });

  it('is not kept from its work by a job that a killed process was doing', async () => {
    await (await start()).stop();
    const killed = boss();
    await killed.start();
    await killed.send('hand-off');
    expect(await killed.fetch('hand-off')).toHaveLength(1);
    await addReleasedBatch(harness, await applyShipped(harness), '2026-W10');
    await start();
    await vi.waitFor(
      async () =>
        expect(await harness.services.db.query('select from hand_off where delivered_at is null')).toEqual(
          [],
        ),
      WAIT,
    );
    await killed.stop();
  });

  it('leaves no connection behind when the queue is not there', async () => {
    await owner('drop schema job_queue cascade');
    await expect(start()).rejects.toThrow('not installed');
    expect(
      await owner(`select from pg_stat_activity where application_name = 'waarom jobs'
      and datname = current_database()`),
    ).toEqual([]);
  });
});
