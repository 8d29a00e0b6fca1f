import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiService } from '../support/api-service.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

const WEEK = '2026-W46';
const RUN = `
  fragment All on Run {
    id week attempt trigger status startedAt finishedAt
    campaign { key name(language: EN) product paused nextRunAt config { number } liveModel { name } currentRun { id } }
    checks { name kind verdict measured limit message subject }
    funnel { considered eligible scored aboveThreshold mailed heldOut notChosen notEligible arms { arm count } reasons { reason count decisive } }
    model { name version status trainedOn features { name label(language: EN) unit description columns expectedDirection } gates { name verdict acceptedBy } }
    config { id threshold overrides { feature } limits { check warn halt } marketWeekBand { min max } }
    recordedManifest { digest snapshotRows feedFiles { name rows rejected asOf } decisionRoot engineVersion runtime auditIndex }
    manifest { digest seed }
    batch { id status size digest fallback submittedBy approvedBy releasedAt handOff { file } }
    rejectedRows { totalCount nodes { file line field rule } }
  }`;

let service: ApiService;
beforeAll(async () => {
  service = await ApiService.start();
  await installSmall(service.harness, { holdoutShare: 0.2, explorationSize: 3, capacity: 30 });
  await deliver(service.harness, {
    week: WEEK,
    customers: customers(120, (n) => ({
      likely: n / 120,
      opt_in: n % 10 !== 0,
      age: n === 7 ? 999 : 40,
    })),
  });
});
afterAll(() => service?.stop());

const run = async () =>
  (await service.get('olga', `${RUN} { run(campaign: "${SMALL}", week: "${WEEK}") { ...All } }`)).run;
const batchId = async () => (await run()).batch.id;
const act = (name: string, extra = '') =>
  `mutation ($batchId: ID!) { ${name}(input: { batchId: $batchId${extra} }) { batch { id status size digest submittedBy approvedBy releasedAt handOff { file digest rows deliveredAt } } } }`;

describe('a week, from the start to the mail tool', () => {
  it('starts once however often it is started', async () => {
    const start = `mutation { startRun(input: { campaign: "${SMALL}", week: "${WEEK}" }) { started run { id status week } } }`;
    const answers = await Promise.all([1, 2, 3].map(() => service.get('olga', start)));
    const started = answers.map(({ startRun }) => startRun.started).filter(Boolean);
    expect(started).toHaveLength(1);
    expect(new Set(answers.map(({ startRun }) => startRun.run.id)).size).toBe(1);
    await service.api.background.idle();
    expect((await run()).status).toBe('AWAITING_REVIEW');
  });

  it('shows all of the run', async () => {
    await service.sequence();
    const found = await run();
    expect(found).toMatchObject({
      week: WEEK,
      attempt: 1,
      trigger: 'MANUAL',
      campaign: {
        key: SMALL,
        name: 'Small',
        product: 'iets',
        paused: false,
        config: { number: 1 },
        liveModel: { name: 'likely' },
        currentRun: { id: found.id },
        // Sunday 01:00 in Amsterdam is 00:00 in UTC in winter.
        nextRunAt: '2026-11-22T00:00:00.000Z',
      },
      model: {
        name: 'likely',
        status: 'LIVE',
        trainedOn: '2020-W01 to 2020-W02',
        features: [
          {
            name: 'likely',
            label: 'chance',
            unit: null,
            description: '',
            columns: ['likely'],
            expectedDirection: 1,
          },
          { name: 'age', label: 'age', unit: 'years', columns: ['age'], expectedDirection: null },
        ],
      },
      config: { threshold: 0.5, overrides: [], marketWeekBand: null },
      rejectedRows: { totalCount: 1, nodes: [{ file: 'customers.csv', line: 8, field: 'age' }] },
      batch: { status: 'IN_REVIEW', fallback: false, submittedBy: null, handOff: null },
    });
    expect(found.recordedManifest).toMatchObject({ snapshotRows: 119, auditIndex: expect.any(Number) });
    expect(found.recordedManifest.feedFiles).toContainEqual({
      name: 'customers.csv',
      rows: 120,
      rejected: 1,
      asOf: '2026-11-15',
    });
    expect(found.manifest.digest).toBe(found.recordedManifest.digest);
    const { funnel } = found;
    expect(funnel.considered).toBe(119);
    expect(funnel.mailed + funnel.heldOut + funnel.notChosen + funnel.notEligible).toBe(funnel.considered);
    expect(found.batch.size).toBe(funnel.mailed);
    expect(found.config.limits).toHaveLength(13);
    expect(found.checks.length).toBeGreaterThan(5);
  });

  it('is reviewed, submitted, approved by another and released, once', async () => {
    const id = await batchId();
    const { batch } = await service.get(
      'olga',
      `query ($id: ID!) { batch(id: $id) {
         run { id } sample { verdict reviewer note recipient { customer arm score removed { by } decision { outcome rank } } }
         recipients(first: 5) { totalCount pageInfo { hasNextPage } nodes { customer arm score dropped decision { outcome reasons score } } } } }`,
      { id },
    );
    expect(batch.sample).toHaveLength(4);
    expect(batch.sample[0]).toMatchObject({
      verdict: 'PENDING',
      recipient: { decision: { outcome: 'MAIL' } },
    });
    expect(batch.recipients.nodes).toHaveLength(5);
    expect(batch.recipients.totalCount).toBe((await run()).batch.size);
    for (const { score, decision } of batch.recipients.nodes) {
      expect(decision).toMatchObject({ outcome: 'MAIL', score });
    }
    const [first, ...others] = batch.sample.map(
      ({ recipient }: { recipient: { customer: string } }) => recipient.customer,
    );
    const review = (customer: string, verdict: string) =>
      service.get(
        'olga',
        act('reviewSample', `, customer: "${customer}", verdict: ${verdict}, note: "seen"`),
        {
          batchId: id,
        },
      );
    await review(first, 'WRONG');
    for (const other of others) await review(other, 'FINE');
    expect(await service.refusal('olga', act('submitBatch'), { batchId: id })).toBe(
      'INVALID_STATE WRONG_REMOVED',
    );
    await service.get('olga', act('removeFromBatch', `, customer: "${first}", note: "called us"`), {
      batchId: id,
    });
    const { submitBatch } = await service.get('olga', act('submitBatch'), { batchId: id });
    expect(submitBatch.batch).toMatchObject({ status: 'SUBMITTED', submittedBy: 'olga', approvedBy: null });

    expect(await service.refusal('olga', act('approveBatch'), { batchId: id })).toBe(
      'FORBIDDEN batch.approve',
    );
    const { holdBatch } = await service.get('carla', act('holdBatch', ', note: "let me look"'), {
      batchId: id,
    });
    expect(holdBatch.batch.status).toBe('HELD');
    await service.get('carla', act('liftHold', ', note: "fine"'), { batchId: id });
    const { approveBatch } = await service.get('mark', act('approveBatch'), { batchId: id });
    expect(approveBatch.batch).toMatchObject({ status: 'APPROVED', approvedBy: 'mark' });

    const released = await Promise.all(
      [1, 2].map(() => service.get('olga', act('releaseBatch'), { batchId: id })),
    );
    for (const { releaseBatch } of released) {
      expect(releaseBatch.batch).toMatchObject({
        status: 'RELEASED',
        handOff: { rows: submitBatch.batch.size },
      });
    }
    const outbox = join(service.harness.folder, 'outbox', SMALL);
    const files = (await readdir(outbox)).filter((name) => name.endsWith('.csv'));
    expect(files).toEqual([released[0].releaseBatch.batch.handOff.file]);
    const mailed = (await readFile(join(outbox, files[0] ?? ''), 'utf8')).trim().split('\n').slice(1);
    expect(mailed).toHaveLength(submitBatch.batch.size);
    expect(mailed.join()).not.toContain(`${first},`);
    expect((await run()).status).toBe('RELEASED');
    const entries = await service.entries();
    expect(entries.filter(({ action }) => action === 'batch.handOff')).toHaveLength(1);
  });

  it('refuses to approve what one had a hand in, whatever roles one holds', async () => {
    const week = '2026-W45';
    await deliver(service.harness, { week, customers: customers(20) });
    await service.get(
      'both',
      `mutation { startRun(input: { campaign: "${SMALL}", week: "${week}" }) { run { id } } }`,
    );
    await service.api.background.idle();
    const { run: earlier } = await service.get(
      'both',
      `{ run(campaign: "${SMALL}", week: "${week}") { batch { id sample { recipient { customer } } } } }`,
    );
    const { id, sample } = earlier.batch;
    for (const { recipient } of sample) {
      await service.get('both', act('reviewSample', `, customer: "${recipient.customer}", verdict: FINE`), {
        batchId: id,
      });
    }
    await service.get('both', act('submitBatch'), { batchId: id });
    expect(await service.refusal('both', act('approveBatch'), { batchId: id })).toBe(
      'FOUR_EYES ANOTHER_PERSON',
    );
    const { rejectBatch } = await service.get('mark', act('rejectBatch', ', note: "too early"'), {
      batchId: id,
    });
    expect(rejectBatch.batch).toMatchObject({ status: 'REJECTED', approvedBy: null });
    const answer = await service.get(
      'olga',
      `mutation { startRun(input: { campaign: "${SMALL}", week: "${week}" }) { started run { attempt } } }`,
    );
    expect(answer.startRun).toEqual({ started: true, run: { attempt: 2 } });
    await service.api.background.idle();
    const { runs } = await service.get(
      'mark',
      `{ runs(campaign: "${SMALL}", from: "${week}", to: "${week}") { totalCount nodes { attempt status } } }`,
    );
    expect(runs).toEqual({
      totalCount: 2,
      nodes: [
        { attempt: 2, status: 'AWAITING_REVIEW' },
        { attempt: 1, status: 'SUPERSEDED' },
      ],
    });
  });

  it('is paused and resumed', async () => {
    const engine = (name: string) =>
      `mutation { ${name}(input: { campaign: "${SMALL}", reason: "a holiday" }) { campaign { paused nextRunAt } } }`;
    expect((await service.get('mark', engine('pauseEngine'))).pauseEngine.campaign).toEqual({
      paused: true,
      nextRunAt: null,
    });
    expect(
      await service.refusal('olga', `mutation { startRun(input: { campaign: "${SMALL}" }) { started } }`),
    ).toBe('INVALID_STATE ENGINE_PAUSED');
    await service.get('olga', engine('resumeEngine'));
  });

  it('halts without a feed, is an incident, and is listed without taking the others with it', async () => {
    const { startRun } = await service.get(
      'olga',
      `mutation { startRun(input: { campaign: "${SMALL}" }) { run { week } } }`,
    );
    await service.api.background.idle();
    const { run: halted, runs } = await service.get(
      'olga',
      `{ run(campaign: "${SMALL}", week: "${startRun.run.week}") { status funnel { considered arms { arm } } recordedManifest { digest } batch { id } }
         runs(campaign: "${SMALL}") { nodes { recordedManifest { digest } } } }`,
    );
    expect(halted).toEqual({
      status: 'HALTED',
      funnel: { considered: 0, arms: [] },
      recordedManifest: null,
      batch: null,
    });
    expect(runs.nodes).toHaveLength(4);
    expect(
      await service.refusal(
        'olga',
        `{ run(campaign: "${SMALL}", week: "${startRun.run.week}") { manifest { digest } } }`,
      ),
    ).toBe('INVALID_STATE RUN_STATUS');
    const { incidents } = await service.get(
      'mark',
      `{ incidents(campaign: "${SMALL}", open: true) { totalCount nodes { id kind campaign { key } run { week } summary resolvedBy } } }`,
    );
    expect(incidents).toMatchObject({
      totalCount: 1,
      nodes: [{ kind: 'FEED_MISSING', campaign: { key: SMALL }, run: { week: startRun.run.week } }],
    });
    const resolve = `mutation { resolveIncident(input: { incidentId: "${incidents.nodes[0].id}", note: "delivered" }) { incident { resolvedBy note } } }`;
    expect((await service.get('olga', resolve)).resolveIncident.incident).toEqual({
      resolvedBy: 'olga',
      note: 'delivered',
    });
    const open = await service.get('olga', '{ incidents(open: true) { totalCount } }');
    expect(open.incidents.totalCount).toBe(0);
  });
});
