import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../src/adapters/log/logger.ts';
import { diagnose, findingText } from '../../src/cli/doctor.ts';
import { issueToken } from '../../src/cli/issue-token.ts';
import { loadSettings, SettingsError } from '../../src/config.ts';

const SECRETS = { password: 'geheim-1', token: 'geheim-2', mail: 'geheim-3' };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waarom-secrets-'));
});
afterAll(() => rm(folder, { recursive: true }));

const NAMED = {
  DATABASE_URL: `postgres://waarom:${SECRETS.password}@127.0.0.1:1/waarom`,
  MAIL_HTTP_TOKEN: SECRETS.token,
  SMTP_URL: `smtp://waarom:${SECRETS.mail}@127.0.0.1:1`,
};
const OTHERS = {
  MAIL_GATEWAY: 'http',
  MAIL_HTTP_URL: 'https://tool.example',
  NOTIFY_TO: 'a@bank.example',
  MAIL_FROM: 'b@bank.example',
  DATA_DIR: 'data',
};

async function inFiles(): Promise<Record<string, string>> {
  const files = Object.entries(NAMED).map(async ([name, secret]) => {
    const file = join(folder, name);
    await writeFile(file, `${secret}\n`);
    return [`${name}_FILE`, file] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

const faultsOf = (env: Record<string, string>): string => {
  try {
    loadSettings(env, folder);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return '';
};

it('come from files as they come from the environment', async () => {
  expect(loadSettings({ ...OTHERS, ...(await inFiles()) }, folder)).toEqual(
    loadSettings({ ...OTHERS, ...NAMED }, folder),
  );
});

it('come from one of both, and from a file that is there', async () => {
  const files = await inFiles();
  expect(faultsOf({ ...OTHERS, ...files, SMTP_URL: NAMED.SMTP_URL })).toContain(
    'SMTP_URL_FILE must not be given with SMTP_URL',
  );
  const gone = { ...OTHERS, ...files, DATABASE_URL_FILE: join(folder, 'gone') };
  expect(faultsOf(gone)).toContain('DATABASE_URL_FILE cannot be read');
  await writeFile(join(folder, 'wrong'), SECRETS.password);
  const wrong = faultsOf({ ...OTHERS, DATABASE_URL_FILE: join(folder, 'wrong') });
  expect(wrong).toContain('DATABASE_URL must be a URL');
  expect(wrong).not.toContain(SECRETS.password);
});

it('are told by nobody: not by the log, not by the doctor', async () => {
  const settings = loadSettings({ ...OTHERS, ...NAMED }, folder);
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const token = await issueToken(
    { ...settings, oidc: null },
    { subject: 'olga', roles: ['OPERATOR'], hours: 1 },
  );
  const key = (await readFile(settings.tokenKeyFile, 'utf8')).trim();
  logger.info({ settings, headers: { authorization: `Bearer ${token}` } }, 'started');
  logger.error({ err: new Error('no way', { cause: { settings } }) }, 'failed');
  const told = [...lines, findingText(await diagnose(settings))].join('\n');
  expect(told).toContain('not reached');
  for (const secret of [...Object.values(SECRETS), token, key]) expect(told).not.toContain(secret);
});
