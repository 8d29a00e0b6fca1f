import pg from 'pg';
import { appendEntry } from '../../src/audit/append.ts';
import type { AuditTransaction } from '../../src/audit/audit-transaction.ts';
import type { AuditEntry } from '../../src/audit/entry.ts';
import { type SignedLog, sequence } from '../../src/audit/sequencer.ts';
import { signerOf } from '../../src/audit/signed-note.ts';
import { type LogVerification, verifyLog } from '../../src/audit/verify.ts';
import { createTestDatabase } from './database.ts';

export const LOG: SignedLog = {
  origin: 'bank.example/waarom',
  signer: signerOf('bank.example/waarom', new Uint8Array(32).fill(7)),
};
export const OTHER_KEY = signerOf('bank.example/waarom', new Uint8Array(32).fill(8));
export const CLOCK = { now: () => new Date('2026-11-16T09:30:00.000Z') };

/** An entry of the test's own; whatever is not said is unremarkable. */
export function entryOf(change: Partial<AuditEntry>): AuditEntry {
  return {
    at: '2026-11-16T09:30:00.125Z',
    actor: 'o.one',
    role: 'OPERATOR',
    action: 'run.start',
    campaign: 'investing-retail',
    subject: null,
    digest: null,
    requestId: null,
    refusal: null,
    details: {},
    ...change,
  };
}

/** A connection of the test's own, under the service's role unless said otherwise. */
export class AuditSession implements AuditTransaction {
  private constructor(readonly client: pg.Client) {}

  static async open(url: string): Promise<AuditSession> {
    const client = new pg.Client({ connectionString: url });
    // A test may end the connection from the server's side.
    client.on('error', () => undefined);
    await client.connect();
    return new AuditSession(client);
  }

  async query(sql: string, parameters: unknown[] = []): Promise<unknown> {
    return (await this.client.query(sql, parameters)).rows;
  }

  async rows<T extends pg.QueryResultRow>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return (await this.client.query<T>(sql, parameters)).rows;
  }

  async transaction<T>(work: (tx: AuditTransaction) => Promise<T>): Promise<T> {
    await this.client.query('begin');
    try {
      const result = await work(this);
      await this.client.query('commit');
      return result;
    } catch (error) {
      await this.client.query('rollback');
      throw error;
    }
  }

  async append(...entries: readonly AuditEntry[]): Promise<void> {
    for (const entry of entries) await this.transaction((tx) => appendEntry(tx, entry));
  }

  sequence(limit?: number, log = LOG): Promise<number> {
    return this.transaction((tx) => sequence(tx, log, CLOCK, limit));
  }

  async verify(): Promise<LogVerification> {
    await this.client.query('begin isolation level repeatable read, read only');
    return verifyLog(this, LOG.origin, LOG.signer.verifier).finally(() => this.client.query('commit'));
  }
}

/** A database with an audit log, and connections to it that close with it. */
export async function createAuditLog() {
  const database = await createTestDatabase();
  const sessions: AuditSession[] = [];
  const open = async (url: string) => {
    const session = await AuditSession.open(url);
    sessions.push(session);
    return session;
  };
  return {
    databaseUrl: database.databaseUrl,
    service: () => open(database.url),
    owner: () => open(database.ownerUrl),
    async [Symbol.asyncDispose]() {
      await Promise.all(sessions.map((session) => session.client.end()));
      await database.drop();
    },
  };
}
