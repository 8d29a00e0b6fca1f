import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import type { Retention } from './domain/retention.ts';
import {
  clientCosts,
  flag,
  mailAddress,
  mailAddresses,
  oneOf,
  period,
  url,
  verifierKeys,
  wholeNumber,
} from './setting-rules.ts';

/** How released batches reach the mail tool. */
export type MailSettings =
  | { readonly gateway: 'file' }
  | { readonly gateway: 'http'; readonly url: string; readonly token: string | null }
  | { readonly gateway: 'smtp'; readonly url: string; readonly from: string; readonly to: string };

/** Everything that is set from outside; read once at the start and never again. Folders are absolute. */
export interface Settings {
  readonly nodeEnv: 'development' | 'test' | 'production';
  readonly host: string;
  readonly port: number;
  /** A PostgreSQL of the user's; null means the embedded one under `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly inboxDir: string;
  readonly outboxDir: string;
  /** The identity provider; null means development tokens signed by `tokenKeyFile`. */
  readonly oidc: {
    readonly issuer: string;
    readonly audience: string;
    readonly rolesClaim: string;
    readonly subjectPrefix: string;
  } | null;
  readonly tokenKeyFile: string;
  readonly audit: {
    readonly origin: string;
    readonly keyFile: string;
    /** Verifier keys of the keys that signed before. */
    readonly formerKeys: readonly string[];
    /** Where the log is exported to as it grows; null means nowhere. */
    readonly exportDir: string | null;
  };
  readonly mail: MailSettings;
  /** Who is told of incidents and by which mail server; null means that nobody is mailed. */
  readonly notify: { readonly smtpUrl: string; readonly from: string; readonly to: readonly string[] } | null;
  /** How long each kind of record is kept. */
  readonly retention: Retention;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly introspection: boolean;
  /** Folder with the operations that each client may send; null where every operation may be sent. */
  readonly documentsDir: string | null;
  /** What one operation of a client may cost, where it is not what it is for all. */
  readonly clientCosts: Readonly<Record<string, number>>;
  /** How customers may be read: whether for a stated purpose only, how often by an agent, and from when on an alarm says so. */
  readonly reading: {
    readonly purposeRequired: boolean;
    readonly readsPerMinute: number;
    readonly alarmAt: number;
  };
}

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Every setting that is wrong, with what is wrong about it; never a value, which may be a secret. */
export class SettingsError extends Error {
  constructor(readonly faults: readonly { readonly setting: string; readonly rule: string }[]) {
    super(['Wrong settings:', ...faults.map(({ setting, rule }) => `  ${setting} ${rule}`)].join('\n'));
    this.name = 'SettingsError';
  }
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

const SCHEMA = z.object({
  NODE_ENV: oneOf(['development', 'test', 'production']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65535, 4000),
  DATABASE_URL: url(['postgres:', 'postgresql:']).optional(),
  DATA_DIR: z.string().default('data'),
  INBOX_DIR: z.string().optional(),
  OUTBOX_DIR: z.string().optional(),
  OIDC_ISSUER: url(['https:', 'http:'])
    .refine((value) => !value.startsWith('http:') || LOOPBACK.has(new URL(value).hostname), {
      error: 'must be https, except on this machine',
    })
    .optional(),
  OIDC_AUDIENCE: z.string().optional(),
  OIDC_ROLES_CLAIM: z.string().default('roles'),
  OIDC_SUBJECT_PREFIX: z
    .string()
    .regex(/^[a-z0-9-]{1,30}[|/]$/, { error: 'must be a short name in lower case that ends in | or /' })
    .default(''),
  AUDIT_ORIGIN: z
    .string()
    .regex(/^[^\s+]+$/, { error: 'must be a name without spaces or plus signs' })
    .default('waarom.localhost/audit'),
  AUDIT_KEY_FILE: z.string().optional(),
  AUDIT_FORMER_KEYS: verifierKeys,
  AUDIT_EXPORT_DIR: z.string().optional(),
  MAIL_GATEWAY: oneOf(['file', 'http', 'smtp']).default('file'),
  MAIL_HTTP_URL: url(['https:', 'http:']).optional(),
  MAIL_HTTP_TOKEN: z.string().optional(),
  MAIL_FROM: mailAddress.optional(),
  MAIL_TO: mailAddress.optional(),
  SMTP_URL: url(['smtp:', 'smtps:']).optional(),
  NOTIFY_TO: mailAddresses,
  RETENTION_SNAPSHOTS: period,
  RETENTION_DECISIONS: period,
  RETENTION_BATCHES: period,
  RETENTION_CONTACTS: period,
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  GRAPHQL_INTROSPECTION: flag.optional(),
  TRUSTED_DOCUMENTS: z.string().optional(),
  CLIENT_COSTS: clientCosts,
  PURPOSE_REQUIRED: flag.optional(),
  CONTACT_CENTRE_READS_PER_MINUTE: wholeNumber(1, 100_000, 30),
  ENUMERATION_ALARM: wholeNumber(2, 100_000, 100),
});

/** What can be given as a file that holds it, `<name>_FILE`, too. */
const SECRETS = ['DATABASE_URL', 'MAIL_HTTP_TOKEN', 'SMTP_URL'] as const;

/** [setting, the setting that needs it, the value by which it does] */
const NEEDS = [
  ['TRUSTED_DOCUMENTS', 'NODE_ENV', 'production'],
  ['OIDC_AUDIENCE', 'OIDC_ISSUER', undefined],
  ['OIDC_ISSUER', 'OIDC_AUDIENCE', undefined],
  ['MAIL_HTTP_URL', 'MAIL_GATEWAY', 'http'],
  ['SMTP_URL', 'MAIL_GATEWAY', 'smtp'],
  ['MAIL_FROM', 'MAIL_GATEWAY', 'smtp'],
  ['MAIL_TO', 'MAIL_GATEWAY', 'smtp'],
  ['SMTP_URL', 'NOTIFY_TO', undefined],
  ['MAIL_FROM', 'NOTIFY_TO', undefined],
] as const;

/**
 * Reads the settings out of the environment and, for what is not there, out of `.env` in `cwd`.
 * An empty value counts as absent. Throws SettingsError naming everything that is wrong at once.
 */
export function loadSettings(env: Environment = process.env, cwd: string = process.cwd()): Settings {
  const file = resolve(cwd, '.env');
  const said = Object.fromEntries(
    Object.entries({
      ...(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}),
      ...present(env),
    }).filter(([, value]) => value !== ''),
  );
  const secrets = secretsIn(said, cwd);
  const given = { ...said, ...secrets.found };
  const parsed = SCHEMA.safeParse(given);
  const faults = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => ({ setting: path.join('.'), rule: message })),
    ...secrets.faults,
    ...missing(given),
  ];
  if (!parsed.success || faults.length > 0) throw new SettingsError(faults);
  return freeze(arrange(parsed.data, cwd));
}

/** The secrets that are given as files which hold them, and what is wrong with these. */
function secretsIn(given: Environment, cwd: string) {
  const found: Record<string, string> = {};
  const faults: { setting: string; rule: string }[] = [];
  for (const name of SECRETS) {
    const [setting, file] = [`${name}_FILE`, given[`${name}_FILE`]];
    if (file === undefined) continue;
    const path = resolve(cwd, file);
    if (given[name] !== undefined) faults.push({ setting, rule: `must not be given with ${name}` });
    else if (!existsSync(path)) faults.push({ setting, rule: 'cannot be read: there is no such file' });
    else found[name] = readFileSync(path, 'utf8').trim();
  }
  return { found, faults };
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}

function present(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

function missing(given: Environment): { setting: string; rule: string }[] {
  const faults = new Map<string, string>();
  for (const [setting, by, value] of NEEDS) {
    const needed = value === undefined ? given[by] !== undefined : given[by] === value;
    if (!needed || given[setting] !== undefined) continue;
    faults.set(setting, `must be given with ${value === undefined ? by : `${by}=${value}`}`);
  }
  return [...faults].map(([setting, rule]) => ({ setting, rule }));
}

function arrange(given: z.infer<typeof SCHEMA>, cwd: string): Settings {
  const dataDir = resolve(cwd, given.DATA_DIR);
  const inData = (path: string | undefined, name: string) =>
    path === undefined ? resolve(dataDir, name) : resolve(cwd, path);
  return {
    nodeEnv: given.NODE_ENV,
    host: given.HOST,
    port: given.PORT,
    databaseUrl: given.DATABASE_URL ?? null,
    dataDir,
    inboxDir: inData(given.INBOX_DIR, 'inbox'),
    outboxDir: inData(given.OUTBOX_DIR, 'outbox'),
    oidc:
      given.OIDC_ISSUER === undefined || given.OIDC_AUDIENCE === undefined
        ? null
        : {
            issuer: given.OIDC_ISSUER,
            audience: given.OIDC_AUDIENCE,
            rolesClaim: given.OIDC_ROLES_CLAIM,
            subjectPrefix: given.OIDC_SUBJECT_PREFIX,
          },
    tokenKeyFile: resolve(dataDir, 'keys/token.key'),
    audit: {
      origin: given.AUDIT_ORIGIN,
      keyFile: inData(given.AUDIT_KEY_FILE, 'keys/audit.key'),
      formerKeys: given.AUDIT_FORMER_KEYS,
      exportDir: given.AUDIT_EXPORT_DIR === undefined ? null : resolve(cwd, given.AUDIT_EXPORT_DIR),
    },
    mail: mailSettings(given),
    notify:
      given.SMTP_URL === undefined || given.MAIL_FROM === undefined || given.NOTIFY_TO.length === 0
        ? null
        : { smtpUrl: given.SMTP_URL, from: given.MAIL_FROM, to: given.NOTIFY_TO },
    retention: {
      snapshots: given.RETENTION_SNAPSHOTS,
      decisions: given.RETENTION_DECISIONS,
      batches: given.RETENTION_BATCHES,
      contacts: given.RETENTION_CONTACTS,
    },
    logLevel: given.LOG_LEVEL,
    introspection: given.GRAPHQL_INTROSPECTION ?? given.NODE_ENV !== 'production',
    documentsDir:
      given.TRUSTED_DOCUMENTS === undefined || given.TRUSTED_DOCUMENTS === 'off'
        ? null
        : resolve(cwd, given.TRUSTED_DOCUMENTS),
    clientCosts: given.CLIENT_COSTS,
    reading: {
      purposeRequired:
        given.PURPOSE_REQUIRED ?? (given.NODE_ENV === 'production' || given.OIDC_ISSUER !== undefined),
      readsPerMinute: given.CONTACT_CENTRE_READS_PER_MINUTE,
      alarmAt: given.ENUMERATION_ALARM,
    },
  };
}

function mailSettings(given: z.infer<typeof SCHEMA>): MailSettings {
  const { MAIL_GATEWAY, MAIL_HTTP_URL, MAIL_HTTP_TOKEN, SMTP_URL, MAIL_FROM, MAIL_TO } = given;
  if (MAIL_GATEWAY === 'http' && MAIL_HTTP_URL !== undefined)
    return { gateway: 'http', url: MAIL_HTTP_URL, token: MAIL_HTTP_TOKEN ?? null };
  if (MAIL_GATEWAY === 'smtp' && SMTP_URL !== undefined && MAIL_FROM !== undefined && MAIL_TO !== undefined)
    return { gateway: 'smtp', url: SMTP_URL, from: MAIL_FROM, to: MAIL_TO };
  return { gateway: 'file' };
}
