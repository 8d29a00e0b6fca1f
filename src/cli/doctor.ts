import { access, constants, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createTransport } from 'nodemailer';
import { startEmbeddedPostgres } from '../adapters/postgres/embedded-postgres.ts';
import { leftClusters } from '../adapters/postgres/left-clusters.ts';
import { EmbeddedPostgresError } from '../adapters/postgres/server-programs.ts';
import type { Settings } from '../config.ts';
import { pauseText } from '../domain/engine-pause.ts';
import { ownerDataSource } from '../store/data-source.ts';
import { pausesInForce } from '../store/engine-pause.store.ts';
import { assertSchemaVersion, SchemaVersionError } from '../store/migrate.ts';
import type { Database } from '../store/transaction.ts';

/** One thing looked at. `advice` says what to do, null where nothing is to be done. */
export interface Finding {
  readonly subject: string;
  readonly verdict: 'OK' | 'WARN' | 'FAIL';
  readonly found: string;
  readonly advice: string | null;
}

const NODE_MAJOR = 24;
const PATIENCE_MS = 5_000;

/**
 * What is configured, reachable and current, and what to do about what is not. It changes nothing but may start the
 * embedded PostgreSQL for as long as it looks. Never shows a secret.
 */
export async function diagnose(settings: Settings): Promise<readonly Finding[]> {
  return [
    nodeVersion(process.versions.node),
    await folder('data folder', settings.dataDir),
    ...(await database(settings)),
    ...(await leftData()),
    await folder('inbox', settings.inboxDir),
    await folder('outbox', settings.outboxDir),
    await auditKey(settings),
    await auditExport(settings),
    await identity(settings),
    await notifications(settings),
    mailGateway(settings),
  ];
}

/** The findings as lines for a person. */
export function findingText(findings: readonly Finding[]): string {
  return findings
    .map(({ subject, verdict, found, advice }) =>
      [`${verdict.padEnd(4)}  ${subject}: ${found}`, ...(advice === null ? [] : [`      → ${advice}`])].join(
        '\n',
      ),
    )
    .join('\n');
}

function ok(subject: string, found: string): Finding {
  return { subject, verdict: 'OK', found, advice: null };
}

function warn(subject: string, found: string, advice: string): Finding {
  return { subject, verdict: 'WARN', found, advice };
}

function fail(subject: string, found: string, advice: string): Finding {
  return { subject, verdict: 'FAIL', found, advice };
}

function nodeVersion(version: string): Finding {
  const major = Number.parseInt(version, 10);
  if (major === NODE_MAJOR) return ok('Node.js', version);
  const advice = `use "npx waarom", which brings Node.js ${NODE_MAJOR}`;
  return major < NODE_MAJOR
    ? warn('Node.js', `${version} is older than what comes with the service`, advice)
    : warn('Node.js', `${version} is not tested`, advice);
}

async function folder(subject: string, path: string): Promise<Finding> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    return (await isWritable(await nearest(path)))
      ? ok(subject, `${path} is made when it is needed`)
      : fail(
          subject,
          `${path} is not there and cannot be made`,
          `make it and give it to the account of the service`,
        );
  if (!found.isDirectory()) return fail(subject, `${path} is not a folder`, 'move it away or choose another');
  return (await isWritable(path))
    ? ok(subject, path)
    : fail(subject, `${path} cannot be written`, 'give it to the account of the service');
}

async function nearest(path: string): Promise<string> {
  const parent = dirname(path);
  return parent === path || (await stat(parent).catch(() => undefined))?.isDirectory()
    ? parent
    : nearest(parent);
}

async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function database(settings: Settings): Promise<readonly Finding[]> {
  if (settings.databaseUrl !== null) return schema(settings.databaseUrl, `at ${place(settings.databaseUrl)}`);
  if ((await stat(join(settings.dataDir, 'postgres')).catch(() => undefined)) === undefined)
    return [ok('database', 'an embedded PostgreSQL is made at the first start')];
  try {
    const embedded = await startEmbeddedPostgres(settings.dataDir);
    return await schema(embedded.url, 'embedded').finally(() => embedded.stop());
  } catch (problem) {
    if (!(problem instanceof EmbeddedPostgresError)) throw problem;
    return [fail('database', 'embedded', problem.message)];
  }
}

async function leftData(): Promise<readonly Finding[]> {
  return (await leftClusters()).map((home) =>
    warn(
      'left database',
      `${home} is of a data folder that is gone`,
      'remove it: it holds customers, and nothing leads to it',
    ),
  );
}

async function schema(databaseUrl: string, where: string): Promise<readonly Finding[]> {
  const owner = ownerDataSource(databaseUrl);
  const problem = await owner.initialize().then(
    () => undefined,
    (cause: Error) => cause,
  );
  if (problem !== undefined)
    return [
      fail('database', `${where}, not reached: ${problem.message}`, 'check DATABASE_URL and the server'),
    ];
  try {
    await assertSchemaVersion(owner);
    return [ok('database', where), ok('schema', 'of this release'), ...(await pauses(owner))];
  } catch (cause) {
    if (!(cause instanceof SchemaVersionError)) throw cause;
    return [ok('database', where), fail('schema', 'not of this release', cause.message)];
  } finally {
    await owner.destroy();
  }
}

/** What people have paused: who finds nothing running looks here. */
async function pauses({ manager }: Database): Promise<readonly Finding[]> {
  const inForce = await pausesInForce(manager);
  return inForce.map((pause) =>
    warn('engine', pauseText(pause), 'an operator resumes it (resumeEngine, resumeFlow, resumeEverything)'),
  );
}

/** Host, port and name: what is no secret of an address. */
function place(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl);
  return `${host}${pathname}`;
}

async function auditKey({ audit }: Settings): Promise<Finding> {
  const found = await stat(audit.keyFile).catch(() => undefined);
  if (found === undefined)
    return warn(
      'audit key',
      `${audit.keyFile} is not there`,
      'it is made at the first start; if there was one, put it back, because the log was signed with it',
    );
  return (found.mode & 0o077) === 0
    ? ok('audit key', `${audit.keyFile}, for ${audit.origin}`)
    : fail('audit key', `${audit.keyFile} can be read by others`, `chmod 600 ${audit.keyFile}`);
}

async function auditExport({ audit }: Settings): Promise<Finding> {
  if (audit.exportDir !== null) return folder('audit export', audit.exportDir);
  return warn(
    'audit export',
    'the audit log stays in the database, whose administrators could write all of it anew',
    'set AUDIT_EXPORT_DIR to storage that they cannot change',
  );
}

async function identity({ oidc }: Settings): Promise<Finding> {
  if (oidc === null)
    return warn(
      'identity',
      'development tokens: who holds the key can be anyone',
      'set OIDC_ISSUER and OIDC_AUDIENCE before real people use it',
    );
  const address = `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  // The service follows no redirects either.
  const asked = { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'manual' } as const;
  const answer = await fetch(address, asked).then(
    ({ status }) => (status === 200 ? undefined : `it answers ${status}`),
    () => 'it does not answer',
  );
  return answer === undefined
    ? ok('identity', oidc.issuer)
    : fail('identity', `${address}: ${answer}`, 'check OIDC_ISSUER and the way to it');
}

async function notifications({ notify }: Settings): Promise<Finding> {
  if (notify === null)
    return warn('notifications', 'nobody is mailed about incidents', 'set NOTIFY_TO, SMTP_URL and MAIL_FROM');
  const transport = createTransport({
    url: notify.smtpUrl,
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
  });
  const problem = await transport.verify().then(
    () => undefined,
    (cause: Error) => ('code' in cause ? String(cause.code) : cause.name),
  );
  transport.close();
  const { host } = new URL(notify.smtpUrl);
  return problem === undefined
    ? ok('notifications', `${notify.to.length} address(es) by ${host}`)
    : fail('notifications', `${host} does not take mail (${problem})`, 'check SMTP_URL and the way to it');
}

function mailGateway({ mail, outboxDir }: Settings): Finding {
  if (mail.gateway === 'file') return ok('mail tool', `files in ${outboxDir}`);
  const { host } = new URL(mail.url);
  return ok('mail tool', `${mail.gateway} to ${host}`);
}
