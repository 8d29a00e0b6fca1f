import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diagnose, findingText } from '../../src/cli/doctor.ts';
import { loadSettings } from '../../src/config.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';

const SECRET = 'correct-horse-battery';
let cwd: string;
const opened: (() => Promise<unknown> | unknown)[] = [];

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'waarom-doctor-'));
  await chmod(cwd, 0o755);
});

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  await rm(cwd, { recursive: true });
});

async function verdicts(env: Record<string, string>): Promise<Record<string, string>> {
  const findings = await diagnose(loadSettings(env, cwd));
  // What others left on this machine is not of these settings.
  const own = findings.filter(({ subject }) => subject !== 'left database');
  return Object.fromEntries(own.map(({ subject, verdict }) => [subject, verdict]));
}

async function identityProvider(status: number): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end('{}')).listen(
    0,
    '127.0.0.1',
  );
  await new Promise((resolve) => server.once('listening', resolve));
  opened.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function mailServer(): Promise<string> {
  const server = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'] });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  opened.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
}

describe('diagnose', () => {
  it('finds a fresh machine usable and says what is still to be set', async () => {
    expect(await verdicts({})).toEqual({
      'Node.js': 'OK',
      'data folder': 'OK',
      database: 'OK',
      inbox: 'OK',
      outbox: 'OK',
      'audit key': 'WARN',
      'audit export': 'WARN',
      identity: 'WARN',
      notifications: 'WARN',
      'mail tool': 'OK',
    });
  });

  it('finds everything in order where it is', async () => {
    const database = await createTestDatabase();
    opened.push(() => database.drop());
    await mkdir(join(cwd, 'data/keys'), { recursive: true });
    await writeFile(join(cwd, 'data/keys/audit.key'), 'key', { mode: 0o600 });
    const found = await verdicts({
      DATABASE_URL: database.databaseUrl,
      AUDIT_EXPORT_DIR: 'export',
      OIDC_ISSUER: await identityProvider(200),
      OIDC_AUDIENCE: 'waarom',
      SMTP_URL: await mailServer(),
      MAIL_FROM: 'waarom@bank.example',
      NOTIFY_TO: 'operations@bank.example',
    });
    expect(new Set(Object.values(found))).toEqual(new Set(['OK']));
    expect(found).toHaveProperty('schema');
  });

  it('finds everything that is broken, with advice, and shows no secret', async () => {
    await writeFile(join(cwd, 'inbox'), 'a file');
    await mkdir(join(cwd, 'data/keys'), { recursive: true });
    await writeFile(join(cwd, 'data/keys/audit.key'), SECRET, { mode: 0o644 });
    const findings = await diagnose(
      loadSettings(
        {
          DATABASE_URL: `postgresql://waarom:${SECRET}@127.0.0.1:1/waarom`,
          INBOX_DIR: 'inbox',
          OIDC_ISSUER: await identityProvider(503),
          OIDC_AUDIENCE: 'waarom',
          SMTP_URL: `smtp://waarom:${SECRET}@127.0.0.1:1`,
          MAIL_FROM: 'waarom@bank.example',
          NOTIFY_TO: 'operations@bank.example',
        },
        cwd,
      ),
    );
    const failed = findings.filter(({ verdict }) => verdict === 'FAIL');
    expect(failed.map(({ subject }) => subject)).toEqual([
      'database',
      'inbox',
      'audit key',
      'identity',
      'notifications',
    ]);
    expect(failed.every(({ advice }) => advice !== null)).toBe(true);
    expect(findingText(findings)).not.toContain(SECRET);
  });

  it('tells a database that was never migrated from one that is not there', async () => {
    const database = await createEmptyDatabase();
    opened.push(() => database.drop());
    const findings = await diagnose(loadSettings({ DATABASE_URL: database.databaseUrl }, cwd));
    expect(findingText(findings)).toMatch(/OK {4}database: .*\nFAIL {2}schema: .*\n.*run "waarom migrate"/);
  });

  it('looks into an embedded PostgreSQL that cannot be used', async () => {
    await mkdir(join(cwd, 'data/postgres/cluster'), { recursive: true });
    await writeFile(join(cwd, 'data/postgres/cluster/PG_VERSION'), '15\n');
    expect(await verdicts({})).toMatchObject({ database: 'FAIL' });
  });
});
