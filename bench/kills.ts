/**
 * Weeks are run and released by processes that are killed at random moments, PostgreSQL among them, and compared with a copy of
 * the same service that nothing happened to. Ends with 1 where anything is lost, double or not gone on with.
 * `npm run bench:kills [-- KILLS CUSTOMERS SEED]`
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { benchFolder } from './support/bench-folder.ts';
import { checkWeek, strayProcesses } from './support/kill-checks.ts';
import { type Kill, killSeries } from './support/kill-series.ts';
import { makeWorld } from './support/kill-world.ts';

const kills = Number(process.argv[2] ?? 200);
const customers = Number(process.argv[3] ?? 20_000);
const seed = Number(process.argv[4] ?? Date.now() % 1_000_000);
/** A scorer whose service was killed looks for it twice a second. */
const SCORERS_END_MS = 1500;

const began = performance.now();
const programs = join(import.meta.dirname, '..');
const folder = benchFolder();
console.log(`${kills} kills, ${customers.toLocaleString('en')} customers, seed ${seed}`);
const all: Kill[] = [];
try {
  const world = await makeWorld(folder, customers, seed);
  const faults = await killSeries(world, {
    programs,
    kills,
    seed,
    check: (week) => checkWeek(world, week),
    onKill: (kill) => all.push(kill),
    onWeek: (week, found) => {
      const of = all.filter((kill) => kill.week === week);
      console.log(`${week}  ${of.map(({ kind, place }) => `${kind} in ${place}`).join(', ')}`);
      console.log(found.length === 0 ? `${week}  as if never killed` : found.join('\n'));
    },
  });
  await setTimeout(SCORERS_END_MS);
  const wrong = [...faults, ...strayProcesses(folder, programs)];
  table('kind', (kill) => kill.kind);
  table('in', (kill) => kill.place);
  const weeks = new Set(all.map(({ week }) => week)).size;
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  console.log(`\n${all.length} kills over ${weeks} weeks in ${minutes} minutes, seed ${seed}`);
  console.log(wrong.length === 0 ? 'Nothing lost, nothing double, each resumed.' : wrong.join('\n'));
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function table(title: string, of: (kill: Kill) => string): void {
  console.log(`\n${title}`);
  for (const [name, group] of [...Map.groupBy(all, of)].toSorted())
    console.log(`  ${name.padEnd(24)}${String(group.length).padStart(4)}`);
}
