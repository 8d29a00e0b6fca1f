import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../src/domain/decision.ts';
import { noteContacts } from '../../src/store/contact.store.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { addToQuietList, recordOptOut } from '../../src/use-cases/protect-customer.ts';
import { verifyRecord } from '../../src/use-cases/verify-record/verify-record.ts';
import { type Answer, ApiService } from '../support/api-service.ts';
import { LOG } from '../support/audit-log.ts';
import { OLGA } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';
import { changeState } from '../support/state-change.ts';

let service: ApiService;
beforeAll(async () => {
  service = await ApiService.start();
  service.harness.now = new Date('2026-11-16T09:00:00Z');
  await installSmall(service.harness);
  // c1 to c10 are mailed by the model; c11 never opted in; all others are eligible and not chosen.
  const people = customers(40, (n) => ({ likely: n <= 10 ? 0.9 : 0.1, opt_in: n !== 11 }));
  await deliver(service.harness, { week: '2026-W46', customers: people });
  await service.harness.release(await service.harness.run(SMALL, '2026-W46'));
});
afterAll(() => service?.stop());

const draw = (size: number) =>
  `mutation { createFallbackBatch(input: { campaign: "${SMALL}", size: ${size}, note: "the model is broken" }) {
     batch { id size fallback status run { id } drawnFrom { week } sample { recipient { customer } }
             recipients(first: 50) { nodes { customer arm score decision { outcome arm reasons score } } } } } }`;
const pause = (name: string) =>
  `mutation { ${name}(input: { campaign: "${SMALL}", reason: "the model is broken" }) { campaign { key } } }`;
const act = (name: string, id: string) =>
  `mutation { ${name}(input: { batchId: "${id}" }) { batch { status } } }`;
const customersOf = (batch: Answer['data']): string[] =>
  batch.recipients.nodes.map(({ customer }: Answer['data']) => customer);

describe('a fallback batch', () => {
  let batch: Answer['data'];

  it('is drawn only while the engine is off, and not while the flow is paused', async () => {
    expect(await service.refusal('olga', draw(8))).toBe('INVALID_STATE ENGINE_RUNNING');
    await service.get('olga', pause('pauseEngine'));
    await service.get('olga', pause('pauseFlow'));
    expect(await service.refusal('olga', draw(8))).toBe('INVALID_STATE ENGINE_PAUSED');
    await service.get('olga', pause('resumeFlow'));
    expect(await service.refusal('mark', draw(8))).toBe('FORBIDDEN batch.fallback');
    expect(await service.refusal('olga', draw(0))).toBe('BAD_INPUT SIZE');
    expect(await service.refusal('olga', draw(101))).toBe('BAD_INPUT SIZE');
  });

  it('holds so many of those who may be mailed today, at random and without a score', async () => {
    await execute(service.harness.services, OLGA, recordOptOut, { customer: 'c12', note: 'said so' });
    const quiet = { campaign: SMALL, customer: 'c13', until: '2035-01-01', reason: 'a complaint' };
    await execute(service.harness.services, OLGA, addToQuietList, quiet);
    ({ batch } = (await service.get('olga', draw(8))).createFallbackBatch);
    expect(batch).toMatchObject({
      size: 8,
      fallback: true,
      status: 'IN_REVIEW',
      run: null,
      drawnFrom: { week: '2026-W46' },
    });
    const barred = ['c11', 'c12', 'c13', ...Array.from({ length: 10 }, (_, n) => `c${n + 1}`)];
    for (const customer of customersOf(batch)) expect(barred).not.toContain(customer);
    for (const { arm, score, decision } of batch.recipients.nodes) {
      expect([arm, score]).toEqual(['EXPLORATION', null]);
      expect(decision).toEqual({
        outcome: 'MAIL',
        arm: 'EXPLORATION',
        reasons: ['RANDOM_EXPLORATION'],
        score: null,
      });
    }
    // 27 may be mailed; 8 wait in the first batch.
    const second = (await service.get('olga', draw(100))).createFallbackBatch.batch;
    expect(second.size).toBe(19);
    expect(customersOf(second).filter((customer) => customersOf(batch).includes(customer))).toEqual([]);
    expect(await service.refusal('olga', draw(1))).toBe('INVALID_STATE NOBODY_ELIGIBLE');
  });

  it('is reviewed, submitted and approved by another, and goes out while the engine is off', async () => {
    for (const { recipient } of batch.sample)
      await service.get(
        'olga',
        `mutation { reviewSample(input: { batchId: "${batch.id}", customer: "${recipient.customer}", verdict: FINE }) { batch { id } } }`,
      );
    await service.get('olga', act('submitBatch', batch.id));
    expect(await service.refusal('both', act('releaseBatch', batch.id))).toBe('INVALID_STATE BATCH_STATUS');
    await service.get('mark', act('approveBatch', batch.id));
    // Since it was drawn, somebody else mailed one of them, so that one more mail would be too many.
    const [mailed = '', optedOut = ''] = customersOf(batch);
    await changeState(service.harness.services.db, (tx) =>
      noteContacts(tx, [{ customer: mailed, sentOn: '2026-11-17', mailing: 'others' }], null),
    );
    await execute(service.harness.services, OLGA, recordOptOut, { customer: optedOut, note: 'said so' });
    await service.get('olga', act('releaseBatch', batch.id));
    expect(await handOffReleased(service.harness.services)).toBe(0);
    const found = (
      await service.get(
        'olga',
        `{ batch(id: "${batch.id}") { status handOff { rows } recipients(first: 50) { nodes { customer dropped } } } }`,
      )
    ).batch;
    expect(found).toMatchObject({ status: 'RELEASED', handOff: { rows: 6 } });
    const dropped = new Map(
      found.recipients.nodes.map(({ customer, dropped: why }: Answer['data']) => [customer, why]),
    );
    expect([dropped.get(mailed), dropped.get(optedOut)]).toEqual(['CONTACT_PRESSURE', 'OPTED_OUT']);
    const contacts = await service.harness.services.db.query(
      `select distinct sent_on::text as day from contact where batch_id = $1 order by 1`,
      [batch.id],
    );
    expect(contacts).toEqual([{ day: '2026-11-17' }, { day: '2026-11-24' }, { day: '2026-12-01' }]);
  });

  it('is on the log, with what it was drawn from', async () => {
    await service.sequence();
    const drawn = (await service.entries()).filter(
      ({ action, refusal }) => action === 'batch.fallback' && refusal === null,
    );
    expect(drawn).toHaveLength(2);
    expect(drawn[0]).toMatchObject({
      actor: 'olga',
      subject: batch.id,
      details: { size: 8, asked: 8, eligible: 27, run: null },
    });
  });

  it('stands as the log says', async () => {
    const { db } = service.harness.services;
    const { origin, signer } = LOG;
    const { fault } = await db.transaction((tx) =>
      verifyRecord(tx, { origin, verifier: signer.verifier, outbox: null, progress: () => {} }),
    );
    // Told only where nothing else is wrong: the entry of the test's own change is of the real time.
    expect(fault?.rule).toBe('DATED');
  });
});

describe('the holdout of the evaluation period', () => {
  let held: ApiService;
  beforeAll(async () => {
    held = await ApiService.start();
  });
  afterAll(() => held?.stop());

  it('is never in a fallback batch, whether a run has chosen them yet or not', async () => {
    held.harness.now = new Date('2026-11-10T09:00:00Z');
    await installSmall(held.harness, { holdoutShare: 0.5 });
    const people = customers(40, (n) => ({ likely: n <= 20 ? 0.9 : 0.1 }));
    await deliver(held.harness, { week: '2026-W46', customers: people });
    held.harness.now = new Date('2026-11-16T09:00:00Z');
    const run = await held.harness.run(SMALL, '2026-W46');
    await held.harness.release(run);
    const heldOut: { customer: string }[] = await held.harness.services.db.query(
      'select customer from decision where run_id = $1 and outcome = $2',
      [run.id, OUTCOMES.indexOf('HELD_OUT')],
    );
    expect(heldOut.length).toBeGreaterThan(3);
    await held.get('olga', pause('pauseEngine'));
    const { batch } = (await held.get('olga', draw(100))).createFallbackBatch;
    const drawn = customersOf(batch);
    expect(drawn.length).toBeGreaterThan(3);
    expect(drawn.filter((one) => heldOut.some(({ customer }) => customer === one))).toEqual([]);
    await held.sequence();
    const entry = (await held.entries()).find(({ action }) => action === 'batch.fallback');
    // 20 were not chosen, and whom the holdout took of the 20 who were is free of mails still.
    const eligible = 20 + heldOut.length;
    expect(entry).toMatchObject({ details: { eligible, heldOut: eligible - drawn.length } });
    expect(drawn.length).toBeLessThan(20);
  });
});
