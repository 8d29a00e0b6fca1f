import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LatestValues } from '../../src/adapters/postgres/latest-values.ts';
import { ProgressFeed } from '../../src/adapters/postgres/progress-feed.ts';
import { RUN_PROGRESS } from '../../src/adapters/postgres/progress-topics.ts';
import { tellJudging } from '../../src/store/model-judging.store.ts';
import { ModelVersionRow } from '../../src/store/model-version.row.ts';
import type { RunProgress } from '../../src/use-cases/services.ts';
import { ApiService } from '../support/api-service.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

const WEEK = '2026-W46';
let service: ApiService;
/** As the composition root does it: progress is told on the database, whoever runs. */
const tell = (progress: RunProgress) =>
  void service.harness.services.db.query(`select pg_notify('run_progress', $1)`, [JSON.stringify(progress)]);

beforeAll(async () => {
  service = await ApiService.start({ progress: (progress) => tell(progress) });
  await installSmall(service.harness);
  await deliver(service.harness, { week: WEEK, customers: customers(50) });
});
afterAll(() => service?.stop());

it('a subscription hears how a run goes on, step by step', async () => {
  const { items, end } = await service.subscribe(
    'mark',
    `subscription { runProgress(campaign: "${SMALL}") { step done total run { week status campaign { key } } } }`,
  );
  const first = items.next();
  await service.get(
    'olga',
    `mutation { startRun(input: { campaign: "${SMALL}", week: "${WEEK}" }) { started } }`,
  );
  const heard = [(await first).value];
  await service.api.background.idle();
  const { db } = service.harness.services;
  const [run]: { id: string }[] = await db.query('select id from run');
  tell({ runId: run?.id ?? '', campaign: SMALL, week: WEEK, step: 'LAST', done: 1, total: 1 });
  for (; heard.at(-1)?.data.runProgress.step !== 'LAST'; ) heard.push((await items.next()).value);
  const steps = heard.map(({ data }) => data.runProgress.step);
  expect(steps.slice(0, 1)).toEqual(['RECEIVE']);
  expect(heard[0].data.runProgress.run).toMatchObject({ week: WEEK, campaign: { key: SMALL } });
  // What the run is is looked up anew each time.
  expect(heard.at(-1).data.runProgress.run.status).toBe('AWAITING_REVIEW');
  await end();
});

it('a subscription hears how a model version is judged', async () => {
  const { items, end } = await service.subscribe(
    'mark',
    `subscription { judgingProgress(campaign: "${SMALL}") { step done total model { status campaign { key } } } }`,
  );
  const first = items.next();
  const { manager } = service.harness.services.db;
  const { id: modelId } = await manager.findOneByOrFail(ModelVersionRow, { campaign: SMALL });
  const progress = { modelId, campaign: SMALL, step: 'BACKTEST', done: 5, total: 11 } as const;
  const heard = first.then(({ value }) => value);
  // It is told again and again until the subscription is there, which it is at no known moment.
  while ((await Promise.race([heard, Promise.resolve(undefined)])) === undefined)
    await tellJudging(manager, progress);
  expect((await heard).data.judgingProgress).toEqual({
    step: 'BACKTEST',
    done: 5,
    total: 11,
    model: { status: 'LIVE', campaign: { key: SMALL } },
  });
  await end();
});

it('a subscription hears nothing of another campaign, and an unknown one is refused', async () => {
  const token = await service.token('mark');
  expect(
    await service.subscriptionRefusal(token, 'subscription { runProgress(campaign: "none") { step } }'),
  ).toBe('NOT_FOUND');
  const feed = await openFeed();
  const values = feed.subscribe(RUN_PROGRESS, SMALL)[Symbol.asyncIterator]();
  tell({ runId: 'other', campaign: 'another', week: WEEK, step: 'RECEIVE', done: 0, total: 0 });
  tell({ runId: 'ours', campaign: SMALL, week: WEEK, step: 'RECEIVE', done: 0, total: 0 });
  expect((await values.next()).value).toMatchObject({ runId: 'ours' });
  await feed.close();
});

const openFeed = (onSilence = () => {}) =>
  ProgressFeed.open({ url: service.harness.database.url, onSilence });

it('goes on hearing after its connection was lost', async () => {
  const feed = await openFeed();
  const values = feed.subscribe(RUN_PROGRESS, SMALL)[Symbol.asyncIterator]();
  const owner = new pg.Client({ connectionString: service.harness.database.ownerUrl });
  await owner.connect();
  const listeners = `from pg_stat_activity where application_name = 'waarom progress' and datname = current_database()`;
  const pids = async () =>
    (await owner.query<{ pid: number }>(`select pid ${listeners}`)).rows.map(({ pid }) => pid);
  const before = await pids();
  await owner.query(`select pg_terminate_backend(pid) ${listeners}`);
  const next = values.next();
  const heard = next.then(({ value }) => value);
  let told = 0;
  // It is told again and again until the feed is back, which happens at no known moment.
  while ((await Promise.race([heard, Promise.resolve(undefined)])) === undefined) {
    tell({ runId: 'r', campaign: SMALL, week: WEEK, step: 'RECEIVE', done: told++, total: 0 });
    await owner.query('select 1');
  }
  expect(await heard).toMatchObject({ runId: 'r' });
  expect(before.some((pid) => pid > 0)).toBe(true);
  expect((await pids()).filter((pid) => before.includes(pid))).toEqual([]);
  await owner.end();
  await feed.close();
});

it('says for how long the database has been out of reach, and hears again when it is back', async () => {
  const { hostname, port } = new URL(service.harness.database.url);
  const door = new Door(hostname, Number(port));
  const url = new URL(service.harness.database.url);
  url.host = `127.0.0.1:${await door.open()}`;
  const silences: number[] = [];
  const silent = Promise.withResolvers<void>();
  const feed = await ProgressFeed.open({
    url: url.toString(),
    onSilence: (ms) => {
      silences.push(ms);
      if (silences.length === 2) silent.resolve();
    },
  });
  await door.close();
  await silent.promise;
  expect(silences).toEqual(silences.toSorted((a, b) => a - b));
  await door.open();
  const heard = feed.subscribe(RUN_PROGRESS, SMALL)[Symbol.asyncIterator]().next();
  const stop = setInterval(
    () => tell({ runId: 'r', campaign: SMALL, week: WEEK, step: 'DRAW', done: 1, total: 1 }),
    20,
  );
  expect((await heard).value).toMatchObject({ step: 'DRAW' });
  clearInterval(stop);
  await door.close();
  await feed.close();
});

it('ends its subscriptions when it is closed, and cannot begin without a database', async () => {
  const feed = await openFeed();
  const waiting = feed.subscribe(RUN_PROGRESS, SMALL)[Symbol.asyncIterator]().next();
  await feed.close();
  expect(await waiting).toEqual({ done: true, value: undefined });
  const nowhere = new URL(service.harness.database.url);
  nowhere.port = '1';
  await expect(ProgressFeed.open({ url: nowhere.toString(), onSilence: () => {} })).rejects.toThrow(
    'ECONNREFUSED',
  );
});

/** A way to the database that can be closed. */
class Door {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  constructor(
    readonly host: string,
    readonly port: number,
  ) {}

  async open(): Promise<number> {
    const server = createServer((from) => {
      const to = connect(this.port, this.host);
      for (const socket of [from, to]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
      }
      from.pipe(to).pipe(from);
    });
    this.#server = server;
    await once(server.listen(this.#port, '127.0.0.1'), 'listening');
    const address = server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
    return this.#port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

it('keeps the latest of each run for whoever is slow, and nothing for whoever went away', async () => {
  let ended = 0;
  const values = new LatestValues<number>(() => {
    ended += 1;
  });
  for (const n of [1, 2, 3]) values.push('a', n);
  values.push('b', 9);
  expect([(await values.next()).value, (await values.next()).value]).toEqual([3, 9]);
  const waiting = values.next();
  values.push('a', 4);
  expect((await waiting).value).toBe(4);
  const last = values.next();
  await values.return();
  expect(await last).toEqual({ done: true, value: undefined });
  values.push('a', 5);
  expect(await values.next()).toEqual({ done: true, value: undefined });
  expect(ended).toBe(1);
});
