import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../src/domain/decision.ts';
import { type Answer, ApiService } from '../support/api-service.ts';
import { customersOf, drawFallback, switchEngine } from '../support/fallback-operations.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

let held: ApiService;
beforeAll(async () => {
  held = await ApiService.start();
});
afterAll(() => held?.stop());

describe('the holdout of the evaluation period', () => {
  it('is never in a fallback batch, whether a run has chosen them yet or not', async () => {
    held.harness.now = new Date('2026-11-10T09:00:00Z');
    await installSmall(held.harness, { holdoutShare: 0.5 });
    const people = customers(40, (n) => ({ likely: n <= 20 ? 0.9 : 0.1 }));
    await deliver(held.harness, { week: '2026-W46', customers: people });
    held.harness.now = new Date('2026-11-15T12:00:00Z');
    const run = await held.harness.run(SMALL, '2026-W46');
    await held.harness.release(run);
    const heldOut: { customer: string }[] = await held.harness.services.db.query(
      'select customer from decision where run_id = $1 and outcome = $2',
      [run.id, OUTCOMES.indexOf('HELD_OUT')],
    );
    expect(heldOut.length).toBeGreaterThan(3);
    await held.get('olga', switchEngine('pauseEngine'));
    const { batch } = (await held.get('olga', drawFallback(100))).createFallbackBatch;
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

  it('and a draw is told beside what the run of its week decided', async () => {
    const { batches } = await held.get(
      'olga',
      `{ batches(campaign: "${SMALL}") { nodes { id fallback recipients(first: 1) { nodes { customer } } } } }`,
    );
    const batch = batches.nodes.find(({ fallback }: Answer['data']) => fallback);
    const [drawn] = customersOf(batch);
    const { explanation } = await held.get(
      'cees',
      `{ explanation(campaign: "${SMALL}", week: "2026-W46", customer: "${drawn}", audience: CUSTOMER, language: EN) {
           title text decision { outcome fallbackBatch } beside { decision { outcome fallbackBatch } } } }`,
    );
    expect(explanation).toMatchObject({
      decision: { outcome: 'NOT_CHOSEN', fallbackBatch: null },
      beside: { decision: { outcome: 'MAIL', fallbackBatch: batch.id } },
    });
    expect(explanation.title).toContain('Why you were put forward for our mails');
    const parts = [
      'You were drawn at random.',
      'Nothing was released',
      'Apart from this draw',
      'did not reach',
    ];
    const places = parts.map((part) => explanation.text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});
