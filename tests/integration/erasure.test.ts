import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { digestOf } from '../../src/audit/digest.ts';
import { addWeeks, type IsoWeek } from '../../src/domain/week.ts';
import { shareCustomer } from '../../src/store/customer-pseudonym.store.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { approveBatch, rejectBatch } from '../../src/use-cases/decide-batch.ts';
import { eraseCustomer, requestErasure } from '../../src/use-cases/erase-customer.ts';
import { type Caller, execute } from '../../src/use-cases/execute.ts';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { addToQuietList, recordOptOut } from '../../src/use-cases/protect-customer.ts';
import { readDecision, readHistory } from '../../src/use-cases/read-customers.ts';
import { readExplanation } from '../../src/use-cases/read-explanation.ts';
import { releaseBatch } from '../../src/use-cases/release-batch.ts';
import { removeFromBatch, reviewSample } from '../../src/use-cases/review-batch.ts';
import { auditEntries, entriesOf } from '../support/audit-entries.ts';
import { disagreements, tablesWith } from '../support/erasure-checks.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA, person, ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';
import { changeRows, changeState } from '../support/state-change.ts';

let harness: ServiceHarness;
let owner: pg.Client;
let week: IsoWeek = '2025-W01';
const CEES = person('cees', 'CONTACT_CENTRE');

beforeAll(async () => {
  harness = await ServiceHarness.start({ scorer: likelyScorer });
  await installSmall(harness, {
    capacity: 20,
    explorationSize: 6,
    sampleSize: 8,
    restWeeks: 1,
    marketWeekBand: { min: -0.5, max: 0.5 },
  });
  owner = new pg.Client({ connectionString: harness.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await harness.stop();
});
beforeEach(() => {
  week = addWeeks(week, 3);
});

const act = <I, R>(caller: Caller, command: Parameters<typeof execute<I, R>>[2], input: I) =>
  execute(harness.services, caller, command, input);
/** Ids that stand in no other id. */
const id = (n: number) => `${week}-c${n}-x`;
const request = (customer: string, by = CEES) =>
  act(by, requestErasure, { customer, reason: 'asked by letter' });
const erase = (customer: string, requestedBy = 'cees', by = CARLA) =>
  act(by, eraseCustomer, { customer, requestedBy, reason: 'article 17' });

/** A week of 60 customers, 24 of whom are above the threshold; the batch waits for review. */
async function decided(): Promise<RunRow> {
  await deliver(harness, {
    week,
    customers: customers(60, (n) => ({ party_id: id(n), likely: n <= 24 ? 0.5 + n / 100 : 0.3 })),
    mailings: [[id(1), '2025-01-01', 'card']],
    outcomes: [[id(1), '2025-01-01', 12.5]],
  });
  return harness.run(SMALL, week);
}

describe('a customer who is erased', () => {
  it('is nowhere any more, and everything that was signed still verifies', async () => {
    const run = await decided();
    const { id: batchId } = await harness.batchOf(run);
    const customer = await inSample(batchId);
    await act(OLGA, reviewSample, { batchId, customer, verdict: 'FINE', note: 'as it should be' });
    await harness.release(run);
    await act(CEES, recordOptOut, { customer, note: 'by phone' });
    await act(CEES, addToQuietList, { campaign: SMALL, customer, until: '2027-01-01', reason: 'ill' });
    await readHistory(harness.services, OLGA, { customer, campaign: null }, { first: 5, after: null });
    const { request: requestId } = await request(customer);
    expect(await tablesWith(harness.services.db, customer)).toEqual([
      'public.contact',
      'public.customer_pseudonym',
      `public.decision_${run.id.replaceAll('-', '')}`,
      'public.erasure_request',
      'public.explanation',
      'public.opt_out',
      'public.quiet_list',
      'public.recipient',
      'public.released_recipient',
      'public.sample_item',
      `public.snapshot_row_${run.id.replaceAll('-', '')}`,
    ]);

    const { erasure, erasedRows, files } = await erase(customer);
    expect(await tablesWith(harness.services.db, customer)).toEqual([]);
    expect(await disagreements(harness.services.db)).toEqual([]);
    // Decision, explanation, frozen row, recipient, sample item, released recipient, three mails of the flow, opt-out, quiet list, request and secret.
    expect(erasedRows).toBe(13);
    expect(files).toEqual([
      `inbox/${SMALL}/${week}/customers.csv`,
      `inbox/${SMALL}/${week}/mailings.csv`,
      `inbox/${SMALL}/${week}/outcomes.csv`,
      `outbox/${SMALL}/${SMALL}-${week}-${batchId}.csv`,
    ]);
    const [{ digest }]: [{ digest: string }] = await harness.services.db.query(
      'select digest from erasure where id = $1',
      [erasure],
    );
    expect((await auditEntries(harness.services.db)).at(-1)).toMatchObject({
      actor: 'carla',
      action: 'customer.erase',
      subject: erasure,
      digest,
      details: { requestedBy: 'cees', request: requestId, reason: digestOf('article 17'), rows: 13, files },
    });
  });

  it('is answered ERASED to whoever asks with the id, on the day it was done', async () => {
    const customer = id(3);
    await harness.release(await decided());
    await request(customer);
    await erase(customer);
    const explained = { campaign: SMALL, week, customer, audience: 'CUSTOMER', language: 'nl' } as const;
    const reads = [
      () => readDecision(harness.services, OLGA, { campaign: SMALL, week, customer }),
      () => readHistory(harness.services, OLGA, { customer, campaign: null }, { first: 5, after: null }),
      () => readExplanation(harness.services, CEES, explained),
    ];
    for (const read of reads) {
      await expect(read()).rejects.toThrow('This customer was erased on 2026-11-16.');
      expect(await refusalOf(read())).toBe('ERASED CUSTOMER_ERASED');
    }
    expect(await refusalOf(request(customer))).toBe('ERASED CUSTOMER_ERASED');
    expect(await refusalOf(erase(customer))).toBe('ERASED CUSTOMER_ERASED');
    expect(
      await readDecision(harness.services, OLGA, { campaign: SMALL, week, customer: 'typo' }),
    ).toBeNull();
    expect(await refusalOf(request('typo'))).toBe('NOT_FOUND CUSTOMER');
    // The next feed may bring the customer back: then there is something to read again.
    week = addWeeks(week, 1);
    await deliver(harness, { week, customers: customers(1, () => ({ party_id: customer })) });
    await harness.run(SMALL, week);
    expect((await readDecision(harness.services, OLGA, { campaign: SMALL, week, customer }))?.customer).toBe(
      customer,
    );
  });

  it('goes from runs that decided nothing, too', async () => {
    await deliver(harness, { week, customers: customers(5, (n) => ({ party_id: id(n) })), market: 0.9 });
    const run = await harness.run(SMALL, week);
    expect(run.status).toBe('HALTED');
    await request(id(2));
    await erase(id(2));
    expect(await tablesWith(harness.services.db, id(2))).toEqual([]);
    expect(run.decisionRoot).toBeNull();
    expect(await disagreements(harness.services.db)).toEqual([]);
  });

  it('whoever they are, and however many, leaves every digest as it was', async () => {
    await harness.release(await decided());
    const here = week;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }), async (chosen) => {
        for (const n of chosen) {
          const customer = `${here}-c${n}-x`;
          const refusal = await request(customer).then(
            () => null,
            () => 'gone before',
          );
          if (refusal === null) await erase(customer);
        }
        expect(await disagreements(harness.services.db)).toEqual([]);
      }),
      { numRuns: 6 },
    );
  });
});

describe('erasing', () => {
  it('takes two people', async () => {
    await harness.release(await decided());
    const customer = id(5);
    const naming = { customer, requestedBy: 'cees', reason: `letter of ${customer}.` };
    expect(await refusalOf(act(CARLA, eraseCustomer, naming))).toBe('BAD_INPUT REASON');
    expect(await refusalOf(erase(customer))).toBe('FOUR_EYES REQUESTED');
    await request(customer, CARLA);
    expect(await refusalOf(erase(customer, 'carla'))).toBe('FOUR_EYES ANOTHER_PERSON');
    expect(await refusalOf(erase(customer, 'cees'))).toBe('FOUR_EYES REQUESTED');
    expect(await refusalOf(erase(customer, 'carla', OLGA))).toBe('FORBIDDEN customer.erase');
    const { request: first } = await request(customer);
    expect((await request(customer)).request).toBe(first);
    expect((await erase(customer)).erasedRows).toBeGreaterThan(0);
  });

  it('waits for what is not finished, and says what to do', async () => {
    const run = await decided();
    const { id: batchId } = await harness.batchOf(run);
    const [first, second] = await recipients(batchId);
    await request(first);
    await request(second);
    await expect(erase(first)).rejects.toThrow(
      `The customer is in batch ${batchId} of ${SMALL} ${week}, which is IN_REVIEW. Remove the customer`,
    );
    await act(OLGA, removeFromBatch, { batchId, customer: first, note: 'to be erased' });
    const before = await harness.batchOf(run);
    await erase(first);
    expect((await harness.batchOf(run)).digest).toBe(before.digest);
    await harness.submit(run);
    expect(await refusalOf(erase(second))).toBe('INVALID_STATE UNFINISHED_BATCH');
    await act(MARK, approveBatch, { batchId });
    expect(await refusalOf(erase(second))).toBe('INVALID_STATE UNFINISHED_BATCH');
    await act(OLGA, releaseBatch, { batchId });
    expect(await refusalOf(erase(second))).toBe('INVALID_STATE UNFINISHED_HAND_OFF');
    await handOffReleased(harness.services);
    await erase(second);
    expect(await disagreements(harness.services.db)).toEqual([]);
  });

  it('waits for runs that are under way, and for one that failed with the customer in its snapshot', async () => {
    const run = await decided();
    const { id: batchId } = await harness.batchOf(run);
    await harness.submit(run);
    await act(MARK, rejectBatch, { batchId, note: 'not this week' });
    await request(id(9));
    const status = (to: string, step: string) =>
      changeRows(owner, 'update run set status = $2, step = $3 where id = $1', [run.id, to, step]);
    await status('SCORING', 'DECIDE');
    expect(await refusalOf(erase(id(9)))).toBe('INVALID_STATE UNFINISHED_RUN');
    await status('FAILED', 'DECIDE');
    expect(await refusalOf(erase(id(9)))).toBe('INVALID_STATE UNFINISHED_FAILED_RUN');
    await status('REJECTED', 'DONE');
    await erase(id(9));
  });

  it('happens once when two do it at once', async () => {
    await harness.release(await decided());
    const customer = id(11);
    await request(customer);
    const both = await Promise.allSettled([erase(customer), erase(customer, 'cees', DORA)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((one) => one.status === 'rejected');
    expect(refused?.reason.refusal.code).toBe('ERASED');
    expect(await disagreements(harness.services.db)).toEqual([]);
  });

  it('waits for whoever adds to what is known of the customer, and takes that too', async () => {
    await harness.release(await decided());
    const customer = id(13);
    await request(customer);
    let erasing: Promise<unknown> = Promise.resolve();
    await changeState(harness.services.db, async (tx) => {
      await shareCustomer(tx, customer);
      await tx.query(
        `insert into opt_out (customer, recorded_on, recorded_by) values ($1, '2026-01-01', 'cees')`,
        [customer],
      );
      erasing = erase(customer);
      await vi.waitFor(async () => {
        const waiting = await tx.query(`select from pg_locks l join pg_database d on d.oid = l.database
           where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`);
        expect(waiting).toHaveLength(1);
      });
    });
    await erasing;
    expect(await tablesWith(harness.services.db, customer)).toEqual([]);
  });

  it('and a release at once end as if one came after the other', async () => {
    for (let round = 0; round < 4; round++) {
      week = addWeeks(week, 1);
      const run = await decided();
      const batchId = await harness.approve(run);
      const [customer] = await recipients(batchId);
      await request(customer);
      const [erased] = await Promise.allSettled([erase(customer), act(OLGA, releaseBatch, { batchId })]);
      expect(erased.status).toBe('rejected');
      await handOffReleased(harness.services);
      await erase(customer);
    }
    expect(await disagreements(harness.services.db)).toEqual([]);
  });
});

describe('the name of a customer in the log', () => {
  const subjects = async (act_: () => Promise<unknown>) =>
    (await entriesOf(harness.services.db, act_)).map(({ subject }) => subject);
  const read = (customer: string) => () =>
    readDecision(harness.services, OLGA, { campaign: SMALL, week, customer });

  it('is the same every time, of a secret that nobody else has, and never the id', async () => {
    const run = await decided();
    const [name] = await subjects(read(id(1)));
    expect(name).toMatch(/^customer:[A-Za-z0-9_-]{22}$/);
    expect(await subjects(read(id(1)))).toEqual([name]);
    expect(await subjects(() => act(CEES, recordOptOut, { customer: id(1), note: 'phone' }))).toEqual([name]);
    expect((await subjects(read(id(2))))[0]).not.toBe(name);
    const { id: batchId } = await harness.batchOf(run);
    const customer = await inSample(batchId);
    const [reviewed] = await entriesOf(harness.services.db, () =>
      act(OLGA, reviewSample, { batchId, customer, verdict: 'WRONG', note: 'too old' }),
    );
    const [removed] = await entriesOf(harness.services.db, () =>
      act(OLGA, removeFromBatch, { batchId, customer, note: 'too old' }),
    );
    const [named] = await subjects(read(customer));
    expect([reviewed?.details.customer, removed?.details.customer]).toEqual([named, named]);
  });

  it('is drawn once when many speak of them first at once', async () => {
    await decided();
    const entries = await entriesOf(harness.services.db, () =>
      Promise.all(Array.from({ length: 6 }, () => read(id(4))())),
    );
    expect(new Set(entries.map(({ subject }) => subject)).size).toBe(1);
    expect(entries).toHaveLength(6);
  });

  it('is given to nobody who is not on record', async () => {
    await decided();
    expect(await subjects(read('nemo-7'))).toEqual([null]);
    expect(await tablesWith(harness.services.db, 'nemo-7')).toEqual([]);
  });

  it('is in no entry by its id, whatever was done', async () => {
    const entries = JSON.stringify(await auditEntries(harness.services.db));
    expect(entries).toContain('customer:');
    expect(entries).not.toMatch(/-c\d+-x/);
  });
});

/** Last: nothing agrees any more afterwards. */
describe('the record', () => {
  it('leaves a tampered row to be found', async () => {
    const run = await decided();
    await harness.release(run);
    await request(id(7));
    await erase(id(7));
    const table = `snapshot_row_${run.id.replaceAll('-', '')}`;
    await changeRows(owner, `delete from ${table} where row_no = 12`);
    expect(await disagreements(harness.services.db)).toEqual([`${week} snapshot`]);
    await changeRows(owner, `delete from erased_row where owner_id = $1`, [run.id]);
    expect((await disagreements(harness.services.db)).length).toBeGreaterThan(1);
  });
});

const DORA = person('dora', 'COMPLIANCE_REVIEWER');

async function inSample(batchId: string): Promise<string> {
  const [item]: [{ customer: string }] = await harness.services.db.query(
    `select customer from sample_item where batch_id = $1 and verdict = 'PENDING' order by position limit 1`,
    [batchId],
  );
  return item.customer;
}

async function recipients(batchId: string): Promise<[string, string]> {
  const rows: { customer: string }[] = await harness.services.db.query(
    'select customer from recipient where batch_id = $1 and removed_by is null order by customer limit 2',
    [batchId],
  );
  return [rows[0]?.customer ?? '', rows[1]?.customer ?? ''];
}
