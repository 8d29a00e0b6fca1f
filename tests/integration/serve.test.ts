import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issueToken } from '../../src/cli/issue-token.ts';
import { loadSettings, type Settings, SettingsError } from '../../src/config.ts';
import { serve } from '../../src/main.ts';
import { ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

const WEEK = '2026-W40';
const NEXT_WEEK = '2026-W41';
let harness: ServiceHarness;
beforeAll(async () => {
  harness = await ServiceHarness.start();
  await installSmall(harness);
  await deliver(harness, { week: WEEK, customers: customers(200) });
});
afterAll(() => harness?.stop());

const settingsOf = (port: number): Settings =>
  loadSettings(
    {
      DATABASE_URL: harness.database.databaseUrl,
      DATA_DIR: harness.folder,
      INBOX_DIR: join(harness.folder, 'inbox'),
      OUTBOX_DIR: join(harness.folder, 'outbox'),
      PORT: String(port),
      LOG_LEVEL: 'silent',
    },
    harness.folder,
  );

async function takenPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const free = async () => {
    server.close();
    await once(server, 'close');
  };
  return { port: typeof address === 'object' && address !== null ? address.port : 0, free };
}

it('serves until it is told to stop, and ends what was begun first', async () => {
  const { port, free } = await takenPort();
  await free();
  const settings = settingsOf(port);
  const token = await issueToken(settings, { subject: 'olga', roles: ['OPERATOR'], hours: 1 });
  const answers: unknown[] = [];
  const onListening = async () => {
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const query = `mutation { startRun(input: { campaign: "${SMALL}", week: "${WEEK}" }) { started run { status } } }`;
    const started = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    });
    answers.push(ready.status, /^waarom_audit_entries_staged \d+$/m.test(metrics), await started.json());
    process.emit('SIGTERM');
  };
  await serve(settings, { jobs: true, onListening });
  expect(answers).toEqual([
    200,
    true,
    { data: { startRun: { started: true, run: { status: 'CHECKING' } } } },
  ]);
  // The jobs start the run of today's week as well, when it is due.
  const runs = await harness.services.db.query('select status from run where week = $1', [WEEK]);
  expect(runs).toEqual([{ status: 'AWAITING_REVIEW' }]);
  await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow();
});

it('leaves a run to the workers where it does no jobs', async () => {
  const { port, free } = await takenPort();
  await free();
  const settings = settingsOf(port);
  const token = await issueToken(settings, { subject: 'olga', roles: ['OPERATOR'], hours: 1 });
  const onListening = async () => {
    const query = `mutation { startRun(input: { campaign: "${SMALL}", week: "${NEXT_WEEK}" }) { started } }`;
    await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    });
    process.emit('SIGTERM');
  };
  await serve(settings, { jobs: false, onListening });
  const { db } = harness.services;
  expect(await db.query('select status, step from run where week = $1', [NEXT_WEEK])).toEqual([
    { status: 'CHECKING', step: 'RECEIVE' },
  ]);
  expect(
    await db.query(`select name from job_queue.job where name = 'continue-runs' and state = 'created'`),
  ).toEqual([{ name: 'continue-runs' }]);
});

it('says which setting is wrong when the port is taken', async () => {
  const { port, free } = await takenPort();
  await expect(serve(settingsOf(port), { jobs: false })).rejects.toThrow(SettingsError);
  await free();
});
