import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declareDataUse } from '../../src/use-cases/data-uses.ts';
import { holdBatch, rejectBatch } from '../../src/use-cases/decide-batch.ts';
import { pauseEngine, resumeEngine } from '../../src/use-cases/engine.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { recordOptOut } from '../../src/use-cases/protect-customer.ts';
import { releaseBatch } from '../../src/use-cases/release-batch.ts';
import { removeFromBatch } from '../../src/use-cases/review-batch.ts';
import type { RunProgress } from '../../src/use-cases/services.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA, ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

let harness: ServiceHarness;
const told: RunProgress[] = [];

beforeAll(async () => {
  harness = await ServiceHarness.start({ progress: (progress) => void told.push(progress) });
  await installSmall(harness);
  // Others every week: whoever was mailed rests.
  for (const [place, week] of ['2026-W44', '2026-W45', '2026-W46'].entries()) {
    const likely = (n: number) => ({ likely: Math.ceil(n / 2) === place + 1 ? 0.9 : 0.1 });
    await deliver(harness, { week, customers: customers(6, likely) });
  }
});
afterAll(() => harness.stop());

const release = (batchId: string) => execute(harness.services, OLGA, releaseBatch, { batchId });

describe('releasing', () => {
  it('waits while the engine is paused', async () => {
    const batchId = await harness.approve(await harness.run(SMALL, '2026-W44'));
    await execute(harness.services, OLGA, pauseEngine, { campaign: SMALL, reason: 'everything must stop' });
    expect(await refusalOf(release(batchId))).toBe('INVALID_STATE ENGINE_PAUSED');
    await execute(harness.services, OLGA, resumeEngine, { campaign: SMALL, reason: 'go on' });
    expect(await release(batchId)).toMatchObject({ status: 'RELEASED' });
  });

  it('is over for a week once a later one was decided', async () => {
    const batchId = await harness.approve(await harness.run(SMALL, '2026-W45'));
    await harness.run(SMALL, '2026-W46');
    expect(await refusalOf(release(batchId))).toBe('INVALID_STATE WEEK_PASSED');
  });
});

describe('a batch in which all is wrong', () => {
  it('can be rejected without being submitted', async () => {
    const run = await harness.services.db.query(`select id from run where week = '2026-W46'`);
    const [batch]: { id: string }[] = await harness.services.db.query(
      'select id from batch where run_id = $1',
      [run[0].id],
    );
    const batchId = batch?.id ?? '';
    const note = 'all of the sample is wrong';
    expect(await execute(harness.services, MARK, rejectBatch, { batchId, note })).toMatchObject({
      status: 'REJECTED',
    });
  });
});

describe('a note', () => {
  const input = { batchId: '00000000-0000-4000-8000-000000000000', customer: 'c1' };
  it.each(['', '   ', 'call 06-12345678', 'mail j@example.nl', 'NL91ABNA0417164300', 'a'.repeat(2001)])(
    'is refused: %j',
    async (note) => {
      const [row]: { id: string }[] = await harness.services.db.query(
        `select id from batch where status = 'APPROVED'`,
      );
      const held = { ...input, batchId: row?.id ?? '' };
      expect(await refusalOf(execute(harness.services, CARLA, holdBatch, { ...held, note }))).toBe(
        'BAD_INPUT NOTE',
      );
      expect(await refusalOf(execute(harness.services, OLGA, recordOptOut, { customer: 'c1', note }))).toBe(
        'BAD_INPUT NOTE',
      );
    },
  );

  it('is looked at after the batch', async () => {
    expect(await refusalOf(execute(harness.services, OLGA, removeFromBatch, { ...input, note: '' }))).toBe(
      'NOT_FOUND BATCH',
    );
  });
});

describe('an objection', () => {
  it.each([
    ['c1', true],
    ['c1-mistyped', false],
  ])('of %s says whether they were known: %s', async (customer, known) => {
    const note = 'said so by phone';
    expect(await execute(harness.services, OLGA, recordOptOut, { customer, note })).toEqual({
      customer,
      known,
    });
  });
});

describe('a data use', () => {
  it.each([
    ['COLUMNS', { columns: ['age', 'age'] }],
    ['SOURCE', { source: ' ' }],
    ['PURPOSE', { purpose: '' }],
    ['LEGALBASIS', { legalBasis: '' }],
  ])('says everything: %s', async (rule, change) => {
    const use = {
      campaign: SMALL,
      columns: ['age'],
      source: 'warehouse',
      purpose: 'to choose',
      legalBasis: 'consent',
      validUntil: '2027-12-31',
      ...change,
    };
    expect(await refusalOf(execute(harness.services, OLGA, declareDataUse, use))).toBe(`BAD_INPUT ${rule}`);
  });
});

describe('who watches a run', () => {
  it('hears of its end, with all rows done', () => {
    const ends = told.filter(({ step }) => step === 'DONE');
    expect(ends.map(({ week, done, total }) => ({ week, done, total }))).toEqual([
      { week: '2026-W44', done: 6, total: 6 },
      { week: '2026-W45', done: 6, total: 6 },
      { week: '2026-W46', done: 6, total: 6 },
    ]);
  });
});
