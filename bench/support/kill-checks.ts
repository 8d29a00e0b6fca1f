import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-postgres.ts';
import { openAuditKey } from '../../src/audit-key.ts';
import { loadSettings } from '../../src/config.ts';
import type { IsoWeek } from '../../src/domain/week.ts';
import { ownerUrl, serviceDataSource } from '../../src/store/data-source.ts';
import { ENTITIES } from '../../src/store/entities.ts';
import { auditFaults } from './kill-audit.ts';
import { contentsOf } from './kill-contents.ts';
import { outboxFaults } from './kill-outbox.ts';
import { brokenRules } from './kill-rules.ts';
import type { World } from './kill-world.ts';

/** What is wrong with a week of the copy whose processes were killed, by itself and beside the other. */
export async function checkWeek(world: World, week: IsoWeek): Promise<readonly string[]> {
  return withOwner(world.reference, (reference) =>
    withOwner(world.killed, async (killed, url) => [
      ...(await brokenRules(killed, week)),
      ...differences(await contentsOf(reference, week), await contentsOf(killed, week)),
      ...(await outboxFaults(killed, world.killed)),
      ...(await auditOf(killed, url, world.killed)),
    ]),
  );
}

/** An owner's connection to the embedded server of a DATA_DIR, which is started and left for it. */
export async function withOwner<R>(
  dataDir: string,
  work: (owner: pg.Client, url: string) => Promise<R>,
): Promise<R> {
  const server = await startEmbeddedPostgres(dataDir);
  const owner = new pg.Client({ connectionString: ownerUrl(server.url) });
  await owner.connect();
  try {
    return await work(owner, server.url);
  } finally {
    await owner.end();
    await server.stop();
  }
}

async function auditOf(owner: pg.Client, url: string, dataDir: string): Promise<readonly string[]> {
  const { audit } = loadSettings({ DATA_DIR: dataDir });
  const log = { origin: audit.origin, signer: await openAuditKey(audit.keyFile, audit.origin) };
  const service = await serviceDataSource(url, ENTITIES, 1).initialize();
  try {
    return await auditFaults(owner, service, log);
  } finally {
    await service.destroy();
  }
}

function differences(
  reference: ReadonlyMap<string, string>,
  killed: ReadonlyMap<string, string>,
): readonly string[] {
  return Array.from(reference, ([name, content]) =>
    content === killed.get(name)
      ? []
      : [`${name} differ: ${content} undisturbed, ${killed.get(name)} after kills`],
  ).flat();
}

/** Processes that outlive the series although nobody needs them: servers of the folder and scorers of the programs. */
export function strayProcesses(folder: string, programs: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const command = commandOf(pid);
      const stray = command.includes(folder) || command.includes(join(programs, 'src/adapters/scorer'));
      return stray ? [`process ${pid} is still there: ${command}`] : [];
    });
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}
