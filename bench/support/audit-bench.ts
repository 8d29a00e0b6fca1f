import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-postgres.ts';
import type { AuditEntry } from '../../src/audit/entry.ts';
import type { SignedLog } from '../../src/audit/sequencer.ts';
import { signerOf } from '../../src/audit/signed-note.ts';
import { ownerDataSource, ownerUrl, serviceUrl } from '../../src/store/data-source.ts';
import { migrate } from '../../src/store/migrate.ts';
import { benchFolder } from './bench-folder.ts';

export const LOG: SignedLog = {
  origin: 'bench.example/waarom',
  signer: signerOf('bench.example/waarom', new Uint8Array(32).fill(7)),
};

/** A migrated database on a server of its own that writes to disk as one in use does. */
export interface AuditBench {
  readonly url: string;
  readonly owner: pg.Client;
  connect(): Promise<pg.Client>;
  close(): Promise<void>;
}

export async function openAuditBench(): Promise<AuditBench> {
  const folder = benchFolder();
  const server = await startEmbeddedPostgres(folder, { max_connections: '100' });
  const migrating = await ownerDataSource(server.url).initialize();
  await migrate(migrating).finally(() => migrating.destroy());
  const connect = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  };
  const owner = await connect(ownerUrl(server.url));
  return {
    url: serviceUrl(server.url),
    owner,
    connect: () => connect(serviceUrl(server.url)),
    async close() {
      await owner.end();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Has a process of its own sequence what is staged, until the answer is called. */
export async function forkSequencer(url: string): Promise<() => Promise<void>> {
  const child = fork(join(import.meta.dirname, 'audit-sequencer.js'), [url]);
  await once(child, 'message');
  return async () => {
    child.send('stop');
    await once(child, 'exit');
  };
}

/** Waits until everything that was staged is in the log; answers the seconds that it took. */
export async function drained(owner: pg.Client): Promise<number> {
  const begin = performance.now();
  for (;;) {
    const { rows } = await owner.query('select from audit_staged limit 1');
    if (rows.length === 0) return (performance.now() - begin) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** An entry as approving a batch leaves it: some 800 bytes. */
export function approval(n: number): AuditEntry {
  const digest = `sha256:${n.toString(16).padStart(64, '0')}`;
  return {
    at: new Date(1_795_000_000_000 + n).toISOString(),
    actor: `marketeer-${n % 16}`,
    role: 'MARKETEER',
    action: 'batch.approve',
    campaign: 'investing-retail',
    subject: `019a9d2e-7c1b-7000-8000-${n.toString(16).padStart(12, '0')}`,
    digest,
    requestId: `019a9d2e-7c1b-7000-9000-${n.toString(16).padStart(12, '0')}`,
    refusal: null,
    details: {
      before: 'SUBMITTED',
      after: 'APPROVED',
      week: '2026-W47',
      run: `019a9d2e-7c1b-7000-a000-${n.toString(16).padStart(12, '0')}`,
      size: 317,
      manifest: digest,
      configDigest: digest,
      submittedBy: 'operator-1',
    },
  };
}

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}
