import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { MIGRATIONS } from '../../migrations/index.ts';
import { newestCheckpoint } from '../../src/audit/log-reads.ts';
import { ownerDataSource } from '../../src/store/data-source.ts';
import { migrate } from '../../src/store/migrate.ts';
import { dumpSchema } from '../../src/store/schema-dump.ts';
import { proveDecision } from '../../src/use-cases/prove-decision.ts';
import { LOG } from './audit-log.ts';
import { createEmptyDatabase, type TestDatabase } from './database.ts';
import { copyIn, copyOut } from './database-copy.ts';
import { CARLA, type ServiceHarness } from './service-harness.ts';
import { sequenceAll } from './small-record.ts';

export const RELEASES = join(import.meta.dirname, '../golden/releases');

/** What a release recorded, apart from its database: what it must still come to. */
export interface RecordedRelease {
  readonly release: string;
  readonly migrations: readonly string[];
  readonly verifierKey: string;
  /** The runs that decided, with the root over their decisions. */
  readonly decided: readonly RecordedRun[];
  /** How many explanations are kept. */
  readonly explained: number;
  /** Files of `proofs/`. */
  readonly proofs: readonly string[];
}

export interface RecordedRun {
  readonly run: string;
  readonly campaign: string;
  readonly week: string;
  readonly attempt: number;
  readonly status: string;
  readonly decisionRoot: string;
  readonly erased: number;
}

/** Writes what a service has on record as the fixture of a release: the folder is made anew. */
export async function writeRelease(folder: string, release: string, harness: ServiceHarness): Promise<void> {
  const { db } = harness.services;
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'proofs'), { recursive: true });
  const decided: RecordedRun[] = await db.query(
    `select id as run, campaign, week, attempt, status, decision_root as "decisionRoot",
            (select count(*)::int from erased_row e where e.owner_id = run.id and e.kind = 'decision') as erased
       from run where decision_root is not null order by campaign, week, attempt`,
  );
  const proofs: string[] = [];
  for (const { run, campaign, week } of decided.filter(({ status }) => status !== 'SUPERSEDED')) {
    const [someone]: { customer: string }[] = await db.query(
      `select customer from decision where run_id = $1 order by score desc nulls last, customer limit 1`,
      [run],
    );
    const customer = someone?.customer ?? '';
    const name = `${campaign}-${week}.proof`;
    await writeFile(
      join(folder, 'proofs', name),
      await proveDecision(harness.services, CARLA, { campaign, week, customer }),
    );
    proofs.push(name);
  }
  await sequenceAll(harness);
  const checkpoint = await newestCheckpoint(db);
  const [explanations]: { count: number }[] = await db.query('select count(*)::int from explanation');
  const recorded: RecordedRelease = {
    release,
    migrations: MIGRATIONS.map(({ name }) => name),
    verifierKey: LOG.signer.verifier.text,
    decided,
    explained: explanations?.count ?? 0,
    proofs,
  };
  const owner = await connected(harness.database);
  const copy = await copyOut(owner).finally(() => owner.end());
  await writeFile(join(folder, 'database.gz'), gzipSync(copy, { level: 9 }));
  await writeFile(join(folder, 'schema.sql'), await dumpSchema(db));
  await writeFile(join(folder, 'checkpoint'), checkpoint?.note ?? '');
  await writeFile(join(folder, 'audit.key'), `${LOG.signer.text}\n`);
  await writeFile(join(folder, 'release.json'), `${JSON.stringify(recorded, null, 2)}\n`);
  await cp(join(harness.folder, 'outbox'), join(folder, 'outbox'), { recursive: true });
}

export async function readRelease(folder: string): Promise<RecordedRelease> {
  return JSON.parse(await readFile(join(folder, 'release.json'), 'utf8'));
}

/** A database as a release left it, of its schema and with its rows; and that schema as it is printed. */
export async function restoreRelease(
  folder: string,
): Promise<{ readonly database: TestDatabase; readonly schema: string }> {
  const { migrations } = await readRelease(folder);
  const database = await createEmptyDatabase();
  const then = ownerDataSource(database.databaseUrl);
  then.setOptions({ migrations: MIGRATIONS.filter(({ name }) => migrations.includes(name)) });
  await then.initialize();
  await then.runMigrations({ transaction: 'all' });
  // As src/store/migrate.ts leaves the migrations' own table.
  await then.query('revoke all on migration from waarom_app');
  await then.query('grant select on migration to waarom_app');
  const schema = await dumpSchema(then).finally(() => then.destroy());
  const owner = await connected(database);
  const copy = gunzipSync(await readFile(join(folder, 'database.gz'))).toString();
  await copyIn(owner, copy).finally(() => owner.end());
  return { database, schema };
}

/** Brings a restored database to this release, as `waarom migrate` does; answers the migrations that ran. */
export async function migrateRelease(database: TestDatabase): Promise<readonly string[]> {
  const owner = await ownerDataSource(database.databaseUrl).initialize();
  return migrate(owner).finally(() => owner.destroy());
}

async function connected({ ownerUrl }: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  return client;
}
