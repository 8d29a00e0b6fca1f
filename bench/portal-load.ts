/**
 * Portals and people at 200 connections while weekly runs go on: what is asked is a mix of what portals ask, and how long it takes is told of each kind,
 * without a run and while run follows run. First with the jobs in the process that answers, then with a worker beside it; each with people who
 * ask every few seconds, and as fast as it is answered. `npm run bench:portal-load [-- CUSTOMERS SECONDS PAUSE_MS WEEKS MODE]`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { issueToken } from '../src/cli/issue-token.ts';
import { addWeeks, type IsoWeek } from '../src/domain/week.ts';
import { ownerUrl } from '../src/store/data-source.ts';
import { ModelVersionRow } from '../src/store/model-version.row.ts';
import { execute } from '../src/use-cases/execute.ts';
import { runWeek } from '../src/use-cases/run-week.ts';
import { startRun } from '../src/use-cases/start-run.ts';
import { quantile } from './support/audit-bench.ts';
import { benchCampaign, OPERATOR, openBench } from './support/bench-campaign.ts';
import { writeBenchFeed } from './support/bench-feed.ts';
import { benchFolder } from './support/bench-folder.ts';
import { longestStretch } from './support/longest-stretch.ts';
import type { Asked, PortalPlan } from './support/portal-clients.ts';
import { EXPLANATION, type PortalQuery, portalQueries } from './support/portal-queries.ts';
import { type PortalService, startPortalService } from './support/portal-service.ts';
import { recordAgain } from './support/recorded-weeks.ts';
import { slope, type Watched, watchServer } from './support/server-watch.ts';

const FIRST_WEEK = '2025-W40';
const PORT = 4811;
const CLIENTS = join(import.meta.dirname, 'support/portal-clients.js');
/** So many feeds are there: when they are all run, the rest of the time nothing is. */
const RUNS = 16;
const WARM_UP_SECONDS = 10;
const given = process.argv.slice(2);
const [customers = 200_000, seconds = 60, pause = 2000, weeks = 8] = given.map(Number);
const modes = given[4] === undefined ? ['serve', 'serve and worker'] : [given[4]];

/** From when to when runs were under way, milliseconds of the epoch, and how many ended. */
interface Runs {
  readonly from: number;
  readonly until: number;
  readonly seconds: readonly number[];
}

const folder = benchFolder();
const campaign = benchCampaign();
const app = await openBench(folder);
const owner = new pg.Client({ connectionString: ownerUrl(app.databaseUrl) });
await owner.connect();
let week: IsoWeek = FIRST_WEEK;
let operator = '';
try {
  const queries = await record();
  // Every feed before anything is measured.
  const feeds = Array.from({ length: RUNS }, (_, n) => addWeeks(FIRST_WEEK, n + 1));
  for (const one of feeds)
    await writeBenchFeed(app.settings.inboxDir, campaign.key, one, campaign.feed, customers);
  for (const mode of modes) {
    const worker = mode !== 'serve';
    const service = await startPortalService({ folder, databaseUrl: app.databaseUrl, port: PORT, worker });
    try {
      console.log(`\n${mode}: ${customers.toLocaleString('en')} customers a run, ${seconds} s each`);
      await measure(service, queries);
    } finally {
      await service.stop();
    }
  }
} finally {
  await owner.end();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Runs one week and records it so many times; answers what is to be asked. */
async function record(): Promise<readonly PortalQuery[]> {
  const { services, settings } = app;
  await writeBenchFeed(settings.inboxDir, campaign.key, week, campaign.feed, customers);
  const { run } = await execute(services, OPERATOR, startRun, {
    campaign: campaign.key,
    week,
    trigger: 'MANUAL',
  });
  let status = '';
  const stretch = await longestStretch(async () => {
    status = (await runWeek(services, run.id)).status;
  });
  console.log(`a run holds its thread for ${stretch.toFixed(0)} ms of processor time at most`);
  if (status !== 'AWAITING_REVIEW') throw new Error(`the run is ${status}`);
  const recorded = [
    week,
    ...(await recordAgain(owner, { runId: run.id, week }, weeks - 1, () => {})).map((one) => one.week),
  ];
  await owner.query('vacuum analyze');
  const { rows } = await owner.query<{ customer: string }>(
    'select customer from explanation where run_id = $1',
    [run.id],
  );
  const model = await services.db.manager.findOneByOrFail(ModelVersionRow, {
    campaign: campaign.key,
    status: 'LIVE',
  });
  const person = (subject: string, role: 'OPERATOR' | 'MARKETEER' | 'COMPLIANCE_REVIEWER') =>
    issueToken(settings, { subject, roles: [role], hours: 8 });
  const tokens = {
    portal: await issueToken(settings, {
      subject: 'desk',
      client: 'desk',
      roles: ['CONTACT_CENTRE'],
      scopes: ['explanation.readCustomer'],
      hours: 8,
    }),
    operator: await person('olga', 'OPERATOR'),
    marketeer: await person('mark', 'MARKETEER'),
    compliance: await person('carla', 'COMPLIANCE_REVIEWER'),
  };
  operator = tokens.operator;
  const mailed = recorded.flatMap((one) => rows.map(({ customer }) => ({ week: one, customer })));
  return portalQueries({ campaign: campaign.key, mailed, weeks: recorded, modelId: model.id }, tokens);
}

async function measure(service: PortalService, queries: readonly PortalQuery[]): Promise<void> {
  const alone = queries.filter(({ name }) => name === EXPLANATION).map((one) => ({ ...one, connections: 1 }));
  await load(service, queries, WARM_UP_SECONDS, 0);
  show('one connection', await load(service, alone, WARM_UP_SECONDS, 0));
  for (const [name, between] of [
    [`each asks every ${pause / 1000} s`, pause],
    ['each asks again when answered', 0],
  ] as const) {
    const watchIdle = watchServer(service.pid, service.base);
    const idle = await load(service, queries, seconds, between);
    show(`${name}, no run`, idle, await watchIdle());
    const watchBusy = watchServer(service.pid, service.base);
    const stop = new AbortController();
    const [all, runs] = await Promise.all([
      load(service, queries, seconds, between).finally(() => stop.abort()),
      runsUntil(service, stop.signal),
    ]);
    const busy = all.map((one) => ({
      ...one,
      answered: one.answered.filter(([at, took]) => at + took >= runs.from && at <= runs.until),
    }));
    show(
      `${name}, ${runs.seconds.length} runs of ${runs.seconds.map((s) => s.toFixed(1)).join(', ')} s`,
      busy,
      await watchBusy(),
    );
    const [before, now] = [idle, busy].map((of) => p99(of.find((one) => one.name === EXPLANATION)));
    console.log(
      `  p99 of ${EXPLANATION} is ${((now ?? 0) / (before ?? 1)).toFixed(1)} × what it is without a run`,
    );
  }
}

/** One run after the other, each started through the API, until told to stop. */
async function runsUntil({ base }: PortalService, stop: AbortSignal): Promise<Runs> {
  const took: number[] = [];
  const from = Date.now();
  while (!stop.aborted && week < addWeeks(FIRST_WEEK, RUNS)) {
    week = addWeeks(week, 1);
    const begin = performance.now();
    const id = await startByApi(base, week);
    for (;;) {
      const { rows } = await owner.query<{ status: string }>('select status from run where id = $1', [id]);
      const status = rows[0]?.status ?? '';
      if (status === 'AWAITING_REVIEW') break;
      if (status === 'FAILED' || status === 'HALTED') throw new Error(`the run is ${status}`);
      await wait(100);
    }
    took.push((performance.now() - begin) / 1000);
  }
  return { from, until: Date.now(), seconds: took };
}

async function startByApi(base: string, of: IsoWeek): Promise<string> {
  const query = `mutation ($input: StartRunInput!) { startRun(input: $input) { run { id } } }`;
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${operator}` },
    body: JSON.stringify({ query, variables: { input: { campaign: campaign.key, week: of } } }),
  });
  const said = (await response.json()) as { data?: { startRun: { run: { id: string } } | null } };
  const id = said.data?.startRun?.run.id;
  if (id === undefined) throw new Error(`no run was started: ${JSON.stringify(said)}`);
  return id;
}

async function load(
  service: PortalService,
  queries: readonly PortalQuery[],
  forSeconds: number,
  between: number,
): Promise<readonly Asked[]> {
  const plan: PortalPlan = { url: `${service.base}/graphql`, seconds: forSeconds, pause: between, queries };
  const file = join(folder, 'plan.json');
  writeFileSync(file, JSON.stringify(plan));
  const child = spawn(process.execPath, [CLIENTS, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`the clients ended with ${code}`);
  return JSON.parse(said);
}

function show(what: string, asked: readonly Asked[], watched?: Watched): void {
  const total = asked.reduce((sum, { answered }) => sum + answered.length, 0);
  const times = asked.flatMap(({ answered }) => answered.map(([at]) => at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const wrong = asked.flatMap((one) =>
    Object.entries(one.wrong).map(([fault, times]) => `${one.name}: ${times} × ${fault}`),
  );
  console.log(
    `\n ${what}: ${((total * 1000) / (last - first)).toFixed(0)} a second; errors: ${wrong.length === 0 ? 'none' : wrong.join(', ')}`,
  );
  for (const one of asked) {
    const ms = one.answered.map(([, took]) => took);
    console.log(
      `  ${one.name.padEnd(22)}${String(ms.length).padStart(7)}  p50 ${quantile(ms, 0.5).toFixed(0).padStart(5)} ms  p99 ${quantile(ms, 0.99).toFixed(0).padStart(5)} ms  longest ${Math.max(
        ...ms,
      )
        .toFixed(0)
        .padStart(5)} ms`,
    );
  }
  if (watched === undefined) return;
  const mib = watched.memory.map(([, one]) => one);
  console.log(
    `  memory ${Math.min(...mib).toFixed(0)} to ${Math.max(...mib).toFixed(0)} MiB, at the end ${mib.at(-1)?.toFixed(0)}, ${slope(watched.memory).toFixed(1)} MiB a minute; ` +
      `processor ${((watched.processor * 1000) / total).toFixed(1)} ms a request; event loop late by p99 ${watched.delayP99.toFixed(0)} ms, at most ${watched.longestDelay.toFixed(0)} ms`,
  );
}

function p99(asked: Asked | undefined): number {
  return quantile(
    (asked?.answered ?? []).map(([, took]) => took),
    0.99,
  );
}
