import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteContacts } from '../../src/store/contact.store.ts';
import { eraseCustomer, requestErasure } from '../../src/use-cases/erase-customer.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { addToQuietList, recordOptOut } from '../../src/use-cases/protect-customer.ts';
import { proveDecision } from '../../src/use-cases/prove-decision.ts';
import { verifyRecord } from '../../src/use-cases/verify-record/verify-record.ts';
import { type Answer, ApiService } from '../support/api-service.ts';
import { LOG } from '../support/audit-log.ts';
import { customersOf, drawFallback, switchEngine } from '../support/fallback-operations.ts';
import { CARLA, OLGA } from '../support/service-harness.ts';
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

const act = (name: string, id: string) =>
  `mutation { ${name}(input: { batchId: "${id}" }) { batch { status } } }`;

describe('a fallback batch', () => {
  let batch: Answer['data'];

  it('is drawn only while the engine is off, and not while the flow is paused', async () => {
    expect(await service.refusal('olga', drawFallback(8))).toBe('INVALID_STATE ENGINE_RUNNING');
    await service.get('olga', switchEngine('pauseEngine'));
    await service.get('olga', switchEngine('pauseFlow'));
    expect(await service.refusal('olga', drawFallback(8))).toBe('INVALID_STATE ENGINE_PAUSED');
    await service.get('olga', switchEngine('resumeFlow'));
    expect(await service.refusal('mark', drawFallback(8))).toBe('FORBIDDEN batch.fallback');
    expect(await service.refusal('olga', drawFallback(0))).toBe('BAD_INPUT SIZE');
    expect(await service.refusal('olga', drawFallback(101))).toBe('BAD_INPUT SIZE');
  });

  it('holds so many of those who may be mailed today, at random and without a score', async () => {
    await execute(service.harness.services, OLGA, recordOptOut, { customer: 'c12', note: 'said so' });
    const quiet = { campaign: SMALL, customer: 'c13', until: '2035-01-01', reason: 'a complaint' };
    await execute(service.harness.services, OLGA, addToQuietList, quiet);
    ({ batch } = (await service.get('olga', drawFallback(8))).createFallbackBatch);
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
    const second = (await service.get('olga', drawFallback(100))).createFallbackBatch.batch;
    expect(second.size).toBe(19);
    expect(customersOf(second).filter((customer) => customersOf(batch).includes(customer))).toEqual([]);
    expect(await service.refusal('olga', drawFallback(1))).toBe('INVALID_STATE NOBODY_ELIGIBLE');
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

  describe('is told to who asks', () => {
    const asked = (customer: string, audience: string, language = 'EN', week = '2026-W47') =>
      `{ explanation(campaign: "${SMALL}", week: "${week}", customer: "${customer}", audience: ${audience}, language: ${language}) {
           title text outcome score week legalBasis objection contact textVersion reasons { reason text } rules { rule value verdict }
           dataUsed { asOf } decision { customer arm reasons score fallbackBatch } beside { title decision { fallbackBatch } } } }`;
    const explain = async (who: 'cees' | 'carla', ...of: Parameters<typeof asked>) =>
      (await service.get(who, asked(...of))).explanation;
    const released = () => customersOf(batch)[2] ?? '';

    it('to the customer in both languages', async () => {
      const told = await explain('cees', released(), 'CUSTOMER');
      expect(told).toMatchObject({
        outcome: 'MAIL',
        score: null,
        rules: [],
        textVersion: 'explanation/1',
        reasons: [{ reason: 'RANDOM_EXPLORATION', text: 'You were drawn at random.' }],
        dataUsed: [{ asOf: '2026-11-15' }],
        decision: { customer: released(), arm: 'EXPLORATION', score: null, fallbackBatch: batch.id },
        beside: null,
      });
      expect(told.title).toMatch(/^Why you were on our mailing list: .*week 47 of 2026$/);
      for (const part of [
        'drew some of them at random',
        'no estimate was used',
        'as they were on 15 November 2026',
        'we looked up on 16 November 2026',
        'approved the list, on 16 November 2026',
        'The legal basis is recorded like this: consent of nobody. You gave consent for these mails.',
        told.objection,
        told.contact.replace(/\.$/, ''),
      ])
        expect(told.text).toContain(part);
      expect(told.legalBasis).toMatch(/^consent of nobody\. You gave consent/);
      expect((await explain('cees', released(), 'CUSTOMER', 'NL')).text).toContain('Het lot viel op u.');
    });

    it('to those inside with the rules that admitted them', async () => {
      const { rules, text } = await explain('carla', released(), 'INTERNAL');
      const verdictOf = (rule: string) => rules.find((one: Answer['data']) => one.rule === rule)?.verdict;
      expect(rules.filter(({ verdict }: Answer['data']) => verdict === 'FAIL')).toEqual([]);
      expect(
        ['NO_OPT_IN', 'QUIET_LIST', 'CONTACT_PRESSURE', 'THRESHOLD', 'HOLDOUT', 'EXPLORATION'].map(verdictOf),
      ).toEqual(['PASS', 'PASS', 'PASS', 'NOT_JUDGED', 'PASS', 'PASS']);
      expect(text).toContain(batch.id);
      expect(text).toContain('There is no proof of this one customer alone.');
    });

    it('that they were dropped at the release, and inside by which rule', async () => {
      const [mailed = ''] = customersOf(batch);
      expect((await explain('cees', mailed, 'CUSTOMER')).text).toContain(
        'could not get these mails any more',
      );
      expect((await explain('carla', mailed, 'INTERNAL')).text).toContain('too many for the contact rules');
    });

    it('and nothing of who is in none', async () => {
      expect(await service.refusal('cees', asked('c11', 'CUSTOMER'))).toBe('NOT_FOUND RUN');
      const none = asked('c11', 'CUSTOMER', 'EN', '2026-W46');
      expect((await service.get('cees', none)).explanation.decision.fallbackBatch).toBeNull();
    });

    it('in their history and as the decision of the week', async () => {
      const of = `customer: "${released()}"`;
      const { customerHistory, decision } = await service.get(
        'carla',
        `{ customerHistory(${of}, first: 1) { totalCount pageInfo { endCursor } nodes { outcome fallbackBatch recipientStatus run { week } } }
           decision(campaign: "${SMALL}", week: "2026-W47", ${of}) { outcome fallbackBatch recipientStatus } }`,
      );
      const drawn = { outcome: 'MAIL', fallbackBatch: batch.id, recipientStatus: 'RELEASED' };
      expect(decision).toEqual(drawn);
      expect(customerHistory).toMatchObject({
        totalCount: 2,
        nodes: [{ ...drawn, run: { week: '2026-W46' } }],
      });
      const rest = await service.get(
        'carla',
        `{ customerHistory(${of}, first: 1, after: "${customerHistory.pageInfo.endCursor}") { nodes { outcome fallbackBatch } } }`,
      );
      expect(rest.customerHistory.nodes).toEqual([{ outcome: 'NOT_CHOSEN', fallbackBatch: null }]);
    });

    it('with what is proved: of a draw the batch as a whole, of a run the decision', async () => {
      await service.sequence();
      const of = `customer: "${released()}"`;
      const fields =
        'week fallbackBatch proof { leaf salt index size path root audit { index } checkpoint { size } }';
      const { customerHistory, decision } = await service.get(
        'carla',
        `{ customerHistory(${of}) { nodes { ${fields} } }
           decision(campaign: "${SMALL}", week: "2026-W47", ${of}) { ${fields} } }`,
      );
      const [drawn, decided] = customerHistory.nodes;
      expect(decision).toEqual(drawn);
      const entry = (await service.entries())[drawn.proof.audit.index];
      expect(entry).toMatchObject({ action: 'batch.fallback', subject: batch.id, digest: drawn.proof.root });
      expect(drawn).toMatchObject({
        week: '2026-W47',
        proof: { leaf: drawn.proof.root, salt: '', index: 0, size: 1, path: [] },
      });
      expect(drawn.proof.checkpoint.size).toBeGreaterThan(drawn.proof.audit.index);
      expect(decided).toMatchObject({ week: '2026-W46', fallbackBatch: null, proof: { size: 40 } });
      const proving = { campaign: SMALL, week: '2026-W47', customer: released() } as const;
      await expect(proveDecision(service.harness.services, CARLA, proving)).rejects.toMatchObject({
        refusal: { rule: 'FALLBACK' },
      });
    });
  });

  it('is told no more of whoever was erased', async () => {
    const [, , , gone = ''] = customersOf(batch);
    const { services } = service.harness;
    await execute(services, OLGA, requestErasure, { customer: gone, reason: 'asked by letter' });
    const erased = { customer: gone, requestedBy: 'olga', reason: 'article 17' };
    await execute(services, CARLA, eraseCustomer, erased);
    const week = `campaign: "${SMALL}", week: "2026-W47", customer: "${gone}"`;
    expect(await service.refusal('cees', `{ explanation(${week}, audience: CUSTOMER) { text } }`)).toBe(
      'ERASED CUSTOMER_ERASED',
    );
    expect(await service.refusal('carla', `{ decision(${week}) { outcome } }`)).toBe(
      'ERASED CUSTOMER_ERASED',
    );
    expect(await service.refusal('carla', `{ customerHistory(customer: "${gone}") { totalCount } }`)).toBe(
      'ERASED CUSTOMER_ERASED',
    );
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
