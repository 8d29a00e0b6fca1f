import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource, type EntityManager } from 'typeorm';
import { type SignedLog, sequence } from '../../src/audit/sequencer.ts';
import { ENTITIES } from '../../src/store/entities.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { holdBatch, liftHold } from '../../src/use-cases/decide-batch.ts';
import { pauseEngine, resumeEngine } from '../../src/use-cases/engine.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { addToQuietList, recordOptOut } from '../../src/use-cases/protect-customer.ts';
import { removeFromBatch, reviewSample } from '../../src/use-cases/review-batch.ts';
import type { Outbox } from '../../src/use-cases/verify-record/record-walk.ts';
import {
  type RecordVerification,
  type VerifyRecord,
  verifyRecord,
} from '../../src/use-cases/verify-record/verify-record.ts';
import { LOG } from './audit-log.ts';
import { CARLA, OLGA, ServiceHarness } from './service-harness.ts';
import { customers, deliver, installSmall, SMALL } from './small-campaign.ts';

/**
 * A small real record: a released week with its file, a week under review of which a recipient was removed, a week that halted;
 * who opted out and who is kept in the lee. Its log is signed by LOG. Whoever starts one stops its harness.
 */
export class SmallRecord {
  private constructor(
    readonly harness: ServiceHarness,
    /** Whoever owns the database: a superuser. */
    readonly owner: DataSource,
    readonly released: RunRow,
    readonly reviewed: RunRow,
  ) {}

  static async start(): Promise<SmallRecord> {
    const harness = await ServiceHarness.start();
    const owner = await new DataSource({
      type: 'postgres',
      url: harness.database.ownerUrl,
      entities: ENTITIES,
      poolSize: 2,
    }).initialize();
    const { services } = harness;
    harness.now = new Date();
    await installSmall(harness);
    await execute(services, OLGA, pauseEngine, { campaign: SMALL, reason: 'a look at it' });
    await execute(services, OLGA, resumeEngine, { campaign: SMALL, reason: 'all is well' });
    await sequenceAll(harness);
    await deliver(harness, { week: '2026-W40', customers: customers(30, (n) => ({ likely: n / 40 })) });
    const released = await harness.run(SMALL, '2026-W40');
    await harness.release(released);
    await execute(services, OLGA, recordOptOut, { customer: 'c3', note: 'said so on the phone' });
    const quiet = { campaign: SMALL, customer: 'c4', until: '2035-01-01', reason: 'a complaint' };
    await execute(services, OLGA, addToQuietList, quiet);
    await sequenceAll(harness);
    await deliver(harness, { week: '2026-W45', customers: customers(25, (n) => ({ likely: n / 26 })) });
    const reviewed = await harness.run(SMALL, '2026-W45');
    const { id: batchId } = await harness.batchOf(reviewed);
    const [first] = await services.db.query(
      'select customer from sample_item where batch_id = $1 order by position',
      [batchId],
    );
    const who = { batchId, customer: first.customer, note: 'a colleague' };
    await execute(services, OLGA, reviewSample, { ...who, verdict: 'WRONG' });
    await execute(services, OLGA, removeFromBatch, who);
    await execute(services, CARLA, holdBatch, { batchId, note: 'a question' });
    await execute(services, CARLA, liftHold, { batchId, note: 'answered' });
    await harness.run(SMALL, '2026-W46');
    await sequenceAll(harness);
    return new SmallRecord(harness, owner, released, reviewed);
  }

  async stop(): Promise<void> {
    await this.owner.destroy();
    await this.harness.stop();
  }

  /** Verifies what stands in a transaction. */
  verify(tx: EntityManager, change: Partial<VerifyRecord> = {}): Promise<RecordVerification> {
    const { origin, signer } = LOG;
    return verifyRecord(tx, {
      origin,
      verifier: signer.verifier,
      outbox: outboxOf(this.harness),
      progress: () => {},
      ...change,
    });
  }

  /** Does harm as a superuser, verifies, and undoes the harm. */
  async after(
    harm: (tx: EntityManager) => Promise<unknown>,
    change: Partial<VerifyRecord> = {},
  ): Promise<RecordVerification> {
    const runner = this.owner.createQueryRunner();
    try {
      await runner.startTransaction();
      await harm(runner.manager);
      return await this.verify(runner.manager, change);
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
  }

  /** What verifying finds after statements on tables, whose guards are away meanwhile; the harm is undone. */
  async faultAfter(
    tables: readonly string[],
    ...statements: readonly (readonly [sql: string, ...parameters: unknown[]])[]
  ): Promise<RecordVerification['fault']> {
    const harm = (tx: EntityManager) =>
      tamper(tx, tables, async () => {
        for (const [sql, ...parameters] of statements) await tx.query(sql, parameters);
      });
    return (await this.after(harm)).fault;
  }

  /** The index of the newest entry of an action about something. */
  async entry(action: string, subject: string): Promise<number> {
    const [found]: { index: number }[] = await this.owner.query(
      'select max(index)::float8 as index from audit_entry where action = $1 and subject = $2',
      [action, subject],
    );
    return found?.index ?? Number.NaN;
  }
}

/** Gives every staged entry its place, as the service would a second later. */
export async function sequenceAll(harness: ServiceHarness, log: SignedLog = LOG): Promise<void> {
  const { db, clock } = harness.services;
  while ((await db.transaction((tx) => sequence(tx, log, clock))) > 0);
}

function outboxOf(harness: ServiceHarness): Outbox {
  return (campaign, file) => readFile(join(harness.folder, 'outbox', campaign, file)).catch(() => null);
}

/**
 * Changes tables as only a superuser can who knows the guards: they are taken away, and put back as they were. Statements of what
 * PostgreSQL itself would refuse (keys of other tables) pass too.
 */
export async function tamper(
  tx: EntityManager,
  tables: readonly string[],
  harm: () => Promise<unknown>,
): Promise<void> {
  const triggers: { name: string; table: string }[] = await tx.query(
    `select quote_ident(tgname) as name, tgrelid::regclass::text as table from pg_trigger
     where tgrelid = any ($1::regclass[]) and not tgisinternal`,
    [tables],
  );
  await tx.query('set local session_replication_role = replica');
  for (const { name, table } of triggers) await tx.query(`alter table ${table} disable trigger ${name}`);
  await harm();
  for (const { name, table } of triggers)
    await tx.query(`alter table ${table} enable always trigger ${name}`);
  await tx.query('set local session_replication_role = origin');
}

/** What is wrong with the record of a harness, staged entries taken as said; null where nothing is. */
export async function faultOf(harness: ServiceHarness): Promise<RecordVerification['fault']> {
  await sequenceAll(harness);
  return harness.services.db.transaction('REPEATABLE READ', (tx) => faultIn(tx, harness));
}

/** Changes a table as a superuser who takes its guards away, says what is then wrong with the record, and undoes it. */
export async function faultAfter(
  harness: ServiceHarness,
  table: string,
  statement: string,
): Promise<RecordVerification['fault']> {
  const owner = await new DataSource({
    type: 'postgres',
    url: harness.database.ownerUrl,
    entities: ENTITIES,
  }).initialize();
  const runner = owner.createQueryRunner();
  try {
    await runner.startTransaction();
    await tamper(runner.manager, [table], () => runner.manager.query(statement));
    return await faultIn(runner.manager, harness);
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
    await owner.destroy();
  }
}

async function faultIn(tx: EntityManager, harness: ServiceHarness): Promise<RecordVerification['fault']> {
  const { origin, signer } = LOG;
  const asked = { origin, verifier: signer.verifier, outbox: outboxOf(harness), progress: () => {} };
  return (await verifyRecord(tx, asked)).fault;
}
