/**
 * The contact centre's question at 32 connections: rate and latency of `explanation` from a service with many weeks of a million
 * decisions on record, its audit entry included; beside it PostGraphile 5 that reads the same row of the same tables, and a raw
 * node:http handler with a prepared statement, which is the floor. What it is measured with is installed into bench/peers first.
 * `npm run bench:explanation [-- CUSTOMERS WEEKS SECONDS]`
 */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { issueToken } from '../src/cli/issue-token.ts';
import { recallCheckpoint, sequencing } from '../src/sequencing.ts';
import { ownerUrl, serviceUrl } from '../src/store/data-source.ts';
import { execute } from '../src/use-cases/execute.ts';
import { runWeek } from '../src/use-cases/run-week.ts';
import { startRun } from '../src/use-cases/start-run.ts';
import { PACKAGE_ROOT } from '../src/version.ts';
import { quantile } from './support/audit-bench.ts';
import { benchCampaign, OPERATOR, openBench } from './support/bench-campaign.ts';
import { writeBenchFeed } from './support/bench-feed.ts';
import { benchFolder } from './support/bench-folder.ts';
import { recordAgain } from './support/recorded-weeks.ts';
import { forkServer, load, type Measured, type Served, spawnService } from './support/served.ts';

const WEEK = '2026-W20';
const CONNECTIONS = 32;
const ROUNDS = 3;
const PORTS = [4801, 4802, 4803] as const;
const PEERS = join(PACKAGE_ROOT, 'bench/peers');
const [customers = 1_000_000, weeks = 50, seconds = 15] = process.argv.slice(2).map(Number);

const OWN_QUERY = `query ($campaign: String!, $week: IsoWeek!, $customer: ID!) {
  explanation(campaign: $campaign, week: $week, customer: $customer, audience: CUSTOMER, language: NL) { title text }
}`;
const PEER_QUERY = `query ($runId: UUID!, $customer: CustomerId!) {
  explanationByRunIdAndCustomer(runId: $runId, customer: $customer) { facts at }
}`;

execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: PEERS, stdio: 'ignore' });
const folder = benchFolder();
const campaign = benchCampaign();
const app = await openBench(folder);
const sequencer = sequencing(app, await recallCheckpoint(app));
const servers: Served[] = [];
try {
  const asked = await recordWeeks();
  const database = serviceUrl(app.databaseUrl);
  const raw = join(import.meta.dirname, 'support/raw-server.js');
  const [rawUrl, peerUrl] = PORTS.map((port) => `http://127.0.0.1:${port}/`);
  servers.push(
    await forkServer('raw node:http', raw, [database, `${PORTS[0]}`], rawUrl ?? ''),
    await forkServer(
      'PostGraphile 5',
      join(PEERS, 'postgraphile.mjs'),
      [database, `${PORTS[1]}`],
      peerUrl ?? '',
    ),
    await spawnService(join(import.meta.dirname, '../src/cli.js'), PORTS[2], {
      DATA_DIR: folder,
      DATABASE_URL: app.databaseUrl,
      // One agent asks for all of the contact centre.
      CONTACT_CENTRE_READS_PER_MINUTE: '100000',
    }),
  );
  const own = ({ week, customer }: Asked) => ({ campaign: campaign.key, week, customer });
  const peer = ({ runId, customer }: Asked) => ({ runId, customer });
  const bodies = [
    asked.map(peer),
    asked.map((one) => ({ query: PEER_QUERY, variables: peer(one) })),
    asked.map((one) => ({ query: OWN_QUERY, variables: own(one) })),
  ].map((them, at) => {
    const file = join(folder, `bodies-${at}.json`);
    writeFileSync(file, JSON.stringify(them.map((one) => JSON.stringify(one))));
    return file;
  });
  const token = await issueToken(app.settings, { subject: 'cc', roles: ['CONTACT_CENTRE'], hours: 8 });
  const measured = servers.map((): Measured[] => []);
  // In turns, so that a slow minute of the machine is everybody's; the first round only warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [at, { url }] of servers.entries()) {
      const found = await load(join(PEERS, 'load.mjs'), [
        url,
        `${CONNECTIONS}`,
        `${seconds}`,
        bodies[at] ?? '',
        token,
      ]);
      if (round > 0) measured[at]?.push(found);
    }
  }
  for (const [at, { name }] of servers.entries()) show(name, measured[at] ?? [], measured[0] ?? []);
} finally {
  for (const { stop } of servers) await stop();
  await sequencer.stop();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
}

interface Asked {
  readonly runId: string;
  readonly week: string;
  readonly customer: string;
}

/** Runs one week and records it so many times; answers whom to ask about: everyone mailed in any of them. */
async function recordWeeks(): Promise<readonly Asked[]> {
  const { services, settings } = app;
  await writeBenchFeed(settings.inboxDir, campaign.key, WEEK, campaign.feed, customers);
  const input = { campaign: campaign.key, week: WEEK, trigger: 'MANUAL' } as const;
  const { run } = await execute(services, OPERATOR, startRun, input);
  const ended = await runWeek(services, run.id);
  if (ended.status !== 'AWAITING_REVIEW') throw new Error(`the run is ${ended.status}`);
  const owner = new pg.Client({ connectionString: ownerUrl(app.databaseUrl) });
  await owner.connect();
  const first = { runId: run.id, week: WEEK };
  const copies = await recordAgain(owner, first, weeks - 1, (done) =>
    process.stderr.write(`\r${done + 1} weeks of ${customers.toLocaleString('en')} decisions on record `),
  );
  await owner.query('vacuum analyze explanation');
  const { rows } = await owner.query<{ customer: string }>(
    'select customer from explanation where run_id = $1',
    [run.id],
  );
  const { rows: sizes } = await owner.query<{ all: string; explanations: string }>(
    `select pg_size_pretty(pg_database_size(current_database())) as all,
            pg_size_pretty(pg_total_relation_size('explanation')) as explanations`,
  );
  await owner.end();
  console.log(
    `\n${weeks} weeks × ${customers.toLocaleString('en')} decisions, ${rows.length * weeks} explanations (${sizes[0]?.explanations}), database ${sizes[0]?.all}`,
  );
  return [first, ...copies].flatMap((week) => rows.map(({ customer }) => ({ ...week, customer })));
}

function show(name: string, rounds: readonly Measured[], floor: readonly Measured[]): void {
  const median = (of: readonly Measured[], figure: keyof Measured) =>
    quantile(
      of.map((one) => one[figure]),
      0.5,
    );
  const rate = median(rounds, 'perSecond');
  console.log(
    `${name.padEnd(16)}${Math.round(rate).toString().padStart(7)} a second, p50 ${median(rounds, 'p50')} ms, p99 ${median(rounds, 'p99')} ms, ` +
      `${(rate / median(floor, 'perSecond')).toFixed(2)} of the floor`,
  );
}
