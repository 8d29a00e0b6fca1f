import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { DevTokens } from '../../src/adapters/identity/dev-tokens.ts';
import { createLogger } from '../../src/adapters/log/logger.ts';
import { type Api, openApi } from '../../src/api.ts';
import { sequence } from '../../src/audit/sequencer.ts';
import type { Authenticator } from '../../src/domain/authenticator.ts';
import type { Role } from '../../src/domain/permissions.ts';
import type { Services } from '../../src/use-cases/services.ts';
import { LOG } from './audit-log.ts';
import type { TestDatabase } from './database.ts';
import { ServiceHarness } from './service-harness.ts';

/** What the API answered; tests say what they expect of the data. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: an answer has the form that its query asks for
  readonly data: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string; readonly rule?: string; readonly id: string };
  }[];
}

/** People of the tests and their roles. */
export const PEOPLE = {
  olga: ['OPERATOR'],
  otto: ['OPERATOR'],
  mark: ['MARKETEER'],
  carla: ['COMPLIANCE_REVIEWER'],
  cees: ['CONTACT_CENTRE'],
  both: ['OPERATOR', 'MARKETEER'],
} as const satisfies Record<string, readonly Role[]>;
export type Person = keyof typeof PEOPLE;

/** What of the API's door is not as in most tests. */
interface Door {
  readonly production: boolean;
  /** Development tokens where it is left out. */
  readonly authenticator: Authenticator;
  readonly documentsDir: string;
  readonly clientCosts: Readonly<Record<string, number>>;
}

/** The whole API on a database of a test's own, behind a real port. */
export class ApiService {
  private constructor(
    readonly harness: ServiceHarness,
    readonly api: Api,
    readonly url: string,
    readonly tokens: DevTokens,
    /** Every line that was logged. */
    readonly log: Readonly<Record<string, unknown>>[],
  ) {}

  /** Lets go of what was logged, where a test is long. */
  forgetLog(): void {
    this.log.length = 0;
  }

  /** @param made a database that is there already; an empty one of this release when left out */
  static async start(
    changes: Partial<Services> = {},
    door: Partial<Door> = {},
    made?: TestDatabase,
  ): Promise<ApiService> {
    const { production = false, authenticator, documentsDir = null, clientCosts = {} } = door;
    const harness = await ServiceHarness.start(changes, made);
    const log: Record<string, unknown>[] = [];
    const logger = createLogger({
      level: 'debug',
      destination: { write: (line) => log.push(JSON.parse(line)) },
    });
    const tokens = await DevTokens.open(join(harness.folder, 'token.key'), harness.services.clock);
    const api = await openApi({
      services: harness.services,
      logger,
      databaseUrl: harness.database.databaseUrl,
      authenticator: authenticator ?? tokens,
      settings: {
        nodeEnv: production ? 'production' : 'test',
        introspection: !production,
        documentsDir,
        clientCosts,
      },
    });
    const url = await api.http.listen({ host: '127.0.0.1', port: 0 });
    return new ApiService(harness, api, url, tokens, log);
  }

  async stop(): Promise<void> {
    await this.api.close();
    await this.harness.stop();
  }

  token(person: Person): Promise<string> {
    return this.tokens.issue({ subject: person, name: null, roles: PEOPLE[person], hours: 8 });
  }

  /** What the API answers a person, or nobody in particular, errors and all. */
  async ask(person: Person | null, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    return this.askWith(person === null ? null : await this.token(person), query, variables);
  }

  async askWith(
    token: string | null,
    query: string,
    variables: Record<string, unknown> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  }

  /** The data of an answer without errors. */
  async get(person: Person, query: string, variables: Record<string, unknown> = {}): Promise<Answer['data']> {
    const { data, errors } = await this.ask(person, query, variables);
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** Code and rule of the one refusal in an answer. */
  async refusal(person: Person | null, query: string, variables: Record<string, unknown> = {}) {
    const { errors = [] } = await this.ask(person, query, variables);
    const [error, second] = errors;
    if (error === undefined || second !== undefined) throw new Error(`refusals: ${JSON.stringify(errors)}`);
    return `${error.extensions.code} ${error.extensions.rule ?? ''}`.trim();
  }

  async subscribe(person: Person, query: string) {
    const client = this.#client(await this.token(person));
    return { items: client.iterate<Answer['data']>({ query }), end: () => client.dispose() };
  }

  /** The code with which a subscription is refused before it sends anything; undefined when it is ended by itself. */
  async subscriptionRefusal(token: string | null, query: string): Promise<string | undefined> {
    const client = this.#client(token);
    const refused = await client
      .iterate<Answer['data']>({ query })
      .next()
      .then(
        ({ value }) => value?.errors?.[0]?.extensions?.code as string | undefined,
        (error: { code?: number; 0?: { extensions: { code: string } } }) =>
          error.code === 4401 ? 'UNAUTHENTICATED' : error[0]?.extensions.code,
      );
    await client.dispose();
    return refused;
  }

  #client(token: string | null) {
    return createClient({
      url: `${this.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: token === null ? {} : { authorization: `Bearer ${token}` },
    });
  }

  /** Gives staged audit entries their places. */
  async sequence(): Promise<void> {
    const { db, clock } = this.harness.services;
    while ((await db.transaction((tx) => sequence(tx, LOG, clock))) > 0);
  }

  /** What the audit log holds or is about to hold, oldest first. */
  async entries(): Promise<readonly Record<string, unknown>[]> {
    await this.sequence();
    const rows: { entry: string }[] = await this.harness.services.db.query(
      `select convert_from(bytes, 'UTF8') as entry from audit_entry order by index`,
    );
    return rows.map(({ entry }) => JSON.parse(entry));
  }

  /** The statements that answering takes. */
  async statements(work: () => Promise<unknown>): Promise<readonly string[]> {
    const said: string[] = [];
    const { db } = this.harness.services;
    const silent = () => undefined;
    db.setOptions({
      logging: ['query'],
      logger: {
        logQuery: (sql) => void said.push(sql),
        logQueryError: silent,
        logQuerySlow: silent,
        logSchemaBuild: silent,
        logMigration: silent,
        log: silent,
      },
    });
    await work();
    db.setOptions({ logging: false });
    return said;
  }
}
