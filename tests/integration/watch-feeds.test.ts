import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { continueRuns } from '../../src/jobs/continue-runs.job.ts';
import { startDueRuns } from '../../src/jobs/start-due-runs.job.ts';
import { watchFeeds } from '../../src/jobs/watch-feeds.job.ts';
import { pauseEngine, resumeEngine } from '../../src/use-cases/engine.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { OLGA, ServiceHarness } from '../support/service-harness.ts';
import { addLiveModel, applyShipped } from '../support/shipped-campaign.ts';
import { changeState } from '../support/state-change.ts';

let harness: ServiceHarness;

beforeEach(async () => {
  harness = await ServiceHarness.start();
  // A Monday; the week is 2026-W11.
  harness.now = new Date('2026-03-09T09:00:00Z');
});

afterEach(async () => {
  await harness.stop();
});

function at(instant: string): void {
  harness.now = new Date(instant);
}

async function rows<T extends object>(sql: string): Promise<T[]> {
  return harness.services.db.query(sql);
}

const runs = () =>
  rows<{ week: string; attempt: number; status: string }>(
    'select week, attempt, status from run order by week, attempt',
  );

/** A feed that says it is complete; what is in it is for the run to judge. */
async function deliverManifest(campaign: string, week: string, text?: string): Promise<void> {
  const folder = join(harness.folder, 'inbox', campaign, week);
  await mkdir(folder, { recursive: true });
  const manifest = {
    format: 'feed/1',
    campaign,
    week,
    asOf: '2026-03-15',
    producedAt: '2026-03-16T05:00:00Z',
    files: [{ name: 'customers.csv', rows: 1, sha256: '0'.repeat(64) }],
  };
  await writeFile(join(folder, 'feed.json'), text ?? JSON.stringify(manifest));
}

describe('watchFeeds', () => {
  /** The run of 2026-W11, started Sunday, that found no feed. */
  async function haltWithoutFeed(): Promise<string> {
    const campaign = await applyShipped(harness);
    await addLiveModel(harness, campaign);
    at('2026-03-15T00:00:30Z');
    await startDueRuns(harness.services);
    await continueRuns(harness.services);
    return campaign;
  }

  it('starts a new attempt when the feed has come, also on the Monday after', async () => {
    const campaign = await haltWithoutFeed();
    expect(await watchFeeds(harness.services)).toEqual([]);
    at('2026-03-16T08:00:00Z');
    await deliverManifest(campaign, '2026-W11');
    expect(await watchFeeds(harness.services)).toEqual([{ campaign, week: '2026-W11', outcome: 'STARTED' }]);
    expect(await watchFeeds(harness.services)).toEqual([]);
    expect((await runs()).map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'SUPERSEDED'],
      [2, 'CHECKING'],
    ]);
  });

  it('does not start a run again that ended otherwise', async () => {
    const campaign = await haltWithoutFeed();
    await deliverManifest(campaign, '2026-W11');
    await watchFeeds(harness.services);
    // The manifest names a file that is not there: halted, but not for want of a feed.
    expect(await continueRuns(harness.services)).toMatchObject([{ status: 'HALTED' }]);
    expect(await watchFeeds(harness.services)).toEqual([]);
    expect(await runs()).toHaveLength(2);
  });

  it('takes a manifest that cannot be read for a delivery, whose run says so', async () => {
    const campaign = await haltWithoutFeed();
    await deliverManifest(campaign, '2026-W11', '{"format":');
    expect(await watchFeeds(harness.services)).toMatchObject([{ outcome: 'STARTED' }]);
    await continueRuns(harness.services);
    const checks = await rows(`select name from run_check c join run r on r.id = c.run_id where r.current`);
    expect(checks).toContainEqual({ name: 'FEED_MANIFEST' });
  });

  it('leaves a paused campaign, an older week and a week that a later one followed', async () => {
    const campaign = await haltWithoutFeed();
    await deliverManifest(campaign, '2026-W11');
    await execute(harness.services, OLGA, pauseEngine, { campaign, reason: 'wait' });
    expect(await watchFeeds(harness.services)).toEqual([]);
    await execute(harness.services, OLGA, resumeEngine, { campaign, reason: 'go' });
    at('2026-03-23T08:00:00Z');
    expect(await watchFeeds(harness.services)).toEqual([]);
    at('2026-03-22T00:00:30Z');
    await startDueRuns(harness.services);
    await continueRuns(harness.services);
    expect(await watchFeeds(harness.services)).toEqual([]);
    expect((await runs()).map(({ week }) => week)).toEqual(['2026-W11', '2026-W12']);
  });

  it('says once that a new attempt was refused', async () => {
    const campaign = await haltWithoutFeed();
    await deliverManifest(campaign, '2026-W11');
    await changeState(harness.services.db, (tx) =>
      tx.query(`update model_version set status = 'RETIRED', live_until = $1`, [harness.now]),
    );
    const answers = await Promise.all([watchFeeds(harness.services), watchFeeds(harness.services)]);
    expect(answers.flat()).toContainEqual({ campaign, week: '2026-W11', outcome: 'REFUSED' });
    expect(await watchFeeds(harness.services)).toEqual([]);
    expect(await rows(`select from incident where kind = 'RUN_FAILED'`)).toHaveLength(1);
  });

  it('is done by several at once as by one', async () => {
    const campaign = await haltWithoutFeed();
    await deliverManifest(campaign, '2026-W11');
    const answers = await Promise.all(Array.from({ length: 4 }, () => watchFeeds(harness.services)));
    expect(answers.flat().filter(({ outcome }) => outcome === 'STARTED')).toHaveLength(1);
    expect(await runs()).toHaveLength(2);
  });
});
