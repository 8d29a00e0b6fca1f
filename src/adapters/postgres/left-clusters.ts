import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { SHARED_STATE } from './server-programs.ts';

/** Beside a cluster that lives outside its data folder: which folder that is. */
export const OWNER_FILE = 'data-folder';

/**
 * Clusters outside their data folder (postgres-cluster.ts) whose data folder no longer leads to them: it was removed or
 * made anew, and they still hold what was in it. Only of those that say whose they are.
 */
export async function leftClusters(shared: string = SHARED_STATE): Promise<readonly string[]> {
  const left: string[] = [];
  for (const name of await readdir(shared).catch(() => [])) {
    const home = join(shared, name);
    const owner = await readFile(join(home, OWNER_FILE), 'utf8').catch(() => null);
    if (owner === null) continue;
    // Under its own name while it is being made, as `postgres` from then on.
    const ways = [join(owner, 'postgres'), join(owner, name)];
    const led = await Promise.all(ways.map((way) => realpath(way).catch(() => null)));
    if (!led.includes(home)) left.push(home);
  }
  return left;
}
