import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Environment, loadSettings, SettingsError } from '../../src/config.ts';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'waarom-settings-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

function faults(env: Environment): string[] {
  try {
    loadSettings(env, cwd);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults.map(({ setting, rule }) => `${setting} ${rule}`);
    throw error;
  }
  return [];
}

const YEARS_5 = { text: 'P5Y', months: 60, days: 0 };
const PERIOD_RULE = 'must be an ISO 8601 duration of at least 90 days, such as P5Y, P18M or P400D';

describe('loadSettings', () => {
  it('needs nothing to be set', () => {
    expect(loadSettings({}, cwd)).toEqual({
      nodeEnv: 'development',
      host: '127.0.0.1',
      port: 4000,
      databaseUrl: null,
      dataDir: join(cwd, 'data'),
      inboxDir: join(cwd, 'data/inbox'),
      outboxDir: join(cwd, 'data/outbox'),
      oidc: null,
      tokenKeyFile: join(cwd, 'data/keys/token.key'),
      audit: {
        origin: 'waarom.localhost/audit',
        keyFile: join(cwd, 'data/keys/audit.key'),
        formerKeys: [],
        exportDir: null,
      },
      mail: { gateway: 'file' },
      notify: null,
      retention: { snapshots: YEARS_5, decisions: YEARS_5, batches: YEARS_5, contacts: YEARS_5 },
      logLevel: 'info',
      introspection: true,
      documentsDir: null,
      clientCosts: {},
      reading: { purposeRequired: false, readsPerMinute: 30, alarmAt: 100 },
    });
  });

  it('reads .env, over which the environment itself goes', () => {
    writeFileSync(join(cwd, '.env'), 'PORT=4100\nHOST=0.0.0.0\nDATA_DIR="/srv/waarom"\nLOG_LEVEL=\n');
    expect(loadSettings({ PORT: '4200', HOST: '' }, cwd)).toMatchObject({
      port: 4200,
      host: '0.0.0.0',
      inboxDir: '/srv/waarom/inbox',
      logLevel: 'info',
    });
  });

  it('knows where the audit log is exported to and which keys signed it before', () => {
    const [one, other] = ['a.example/log+0000aaaa+AQ==', 'a.example/log+0000bbbb+AQ+/'];
    expect(
      loadSettings({ AUDIT_EXPORT_DIR: 'export', AUDIT_FORMER_KEYS: `${one}, ${other}` }, cwd).audit,
    ).toMatchObject({ exportDir: join(cwd, 'export'), formerKeys: [one, other] });
    for (const wrong of ['key', `${one};${other}`, 'a.example/log+0000AAAA+AQ==']) {
      expect(faults({ AUDIT_FORMER_KEYS: wrong })).toEqual([
        'AUDIT_FORMER_KEYS must be verifier keys (name+id+key) with commas between them',
      ]);
    }
  });

  it('names every wrong setting at once', () => {
    expect(
      faults({
        PORT: '65536',
        DATABASE_URL: 'mysql://localhost/waarom',
        OIDC_ISSUER: 'http://identity.example',
        MAIL_GATEWAY: 'http',
        NOTIFY_TO: 'operations@bank.example, nobody',
        NODE_ENV: 'staging',
        RETENTION_BATCHES: '5 years',
        RETENTION_CONTACTS: 'P2M',
      }),
    ).toEqual([
      'NODE_ENV must be one of development, test, production',
      'PORT must be a whole number from 0 to 65535',
      'DATABASE_URL must be a URL starting with postgres:// or postgresql://',
      'OIDC_ISSUER must be https, except on this machine',
      'NOTIFY_TO must be e-mail addresses with commas between them',
      `RETENTION_BATCHES ${PERIOD_RULE}`,
      `RETENTION_CONTACTS ${PERIOD_RULE}`,
      'OIDC_AUDIENCE must be given with OIDC_ISSUER',
      'MAIL_HTTP_URL must be given with MAIL_GATEWAY=http',
      'SMTP_URL must be given with NOTIFY_TO',
      'MAIL_FROM must be given with NOTIFY_TO',
    ]);
  });

  it('knows the three ways to the mail tool', () => {
    const smtp = {
      SMTP_URL: 'smtps://mail.example',
      MAIL_FROM: 'waarom@bank.example',
      MAIL_TO: 'tool@bank.example',
    };
    expect(loadSettings({ MAIL_GATEWAY: 'smtp', ...smtp }, cwd).mail).toEqual({
      gateway: 'smtp',
      url: 'smtps://mail.example',
      from: 'waarom@bank.example',
      to: 'tool@bank.example',
    });
    expect(loadSettings({ MAIL_GATEWAY: 'http', MAIL_HTTP_URL: 'https://tool.example' }, cwd).mail).toEqual({
      gateway: 'http',
      url: 'https://tool.example',
      token: null,
    });
    expect(faults({ MAIL_GATEWAY: 'smtp' })).toHaveLength(3);
  });

  const production = { NODE_ENV: 'production', TRUSTED_DOCUMENTS: 'off' };

  it('shows the schema to nobody in production unless told to', () => {
    expect(loadSettings(production, cwd).introspection).toBe(false);
    expect(loadSettings({ ...production, GRAPHQL_INTROSPECTION: 'true' }, cwd).introspection).toBe(true);
  });

  it('answers registered operations alone in production, or says that it does not', () => {
    expect(faults({ NODE_ENV: 'production' })).toEqual([
      'TRUSTED_DOCUMENTS must be given with NODE_ENV=production',
    ]);
    expect(loadSettings(production, cwd).documentsDir).toBeNull();
    const folder = { ...production, TRUSTED_DOCUMENTS: 'portals' };
    expect(loadSettings(folder, cwd).documentsDir).toBe(join(cwd, 'portals'));
  });

  it('wants a purpose for every read of a customer where real people read real ones', () => {
    const provider = { OIDC_ISSUER: 'https://login.example', OIDC_AUDIENCE: 'waarom' };
    const required = (env: Environment) => loadSettings(env, cwd).reading.purposeRequired;
    expect([required({}), required(production), required(provider)]).toEqual([false, true, true]);
    expect([
      required({ PURPOSE_REQUIRED: 'on' }),
      required({ ...production, PURPOSE_REQUIRED: 'off' }),
    ]).toEqual([true, false]);
  });

  it('knows what clients may spend', () => {
    expect(loadSettings({ CLIENT_COSTS: 'desk=500, reports=40000' }, cwd).clientCosts).toEqual({
      desk: 500,
      reports: 40000,
    });
    expect(
      faults({ CLIENT_COSTS: 'desk=0', ENUMERATION_ALARM: '1', CONTACT_CENTRE_READS_PER_MINUTE: 'x' }),
    ).toEqual([
      'CLIENT_COSTS must be client=cost with commas between them',
      'CONTACT_CENTRE_READS_PER_MINUTE must be a whole number from 1 to 100000',
      'ENUMERATION_ALARM must be a whole number from 2 to 100000',
    ]);
  });

  it('cannot be changed afterwards, in no part of it', () => {
    const settings = loadSettings({}, cwd);
    expect(
      Object.isFrozen(settings) && Object.isFrozen(settings.audit) && Object.isFrozen(settings.mail),
    ).toBe(true);
  });

  it('never repeats a value, which may be a secret', () => {
    const names = [
      'PORT',
      'DATABASE_URL',
      'OIDC_ISSUER',
      'SMTP_URL',
      'MAIL_GATEWAY',
      'NOTIFY_TO',
      'MAIL_HTTP_URL',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.stringMatching(/^[a-z0-9]{12,24}$/), (name, secret) => {
        const said = faults({ [name]: `x-${secret} y` }).join('\n');
        expect(said).toContain(name);
        expect(said).not.toContain(secret);
      }),
    );
  });
});
