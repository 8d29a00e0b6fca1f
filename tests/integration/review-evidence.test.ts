import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INCIDENT_KINDS } from '../../src/domain/incident.ts';
import { type Answer, ApiService } from '../support/api-service.ts';
import { customers, deliver, installSmall, SMALL, SMALL_CONFIG } from '../support/small-campaign.ts';

let service: ApiService;
beforeAll(async () => {
  service = await ApiService.start();
  const limits = {
    ...SMALL_CONFIG.limits,
    REVIEW_TIME: { warn: 5, halt: 1 },
    REVIEW_STREAK: { warn: 10, halt: null },
  };
  await installSmall(service.harness, { limits });
});
afterAll(() => service?.stop());

const wait = (seconds: number) => {
  service.harness.now = new Date(service.harness.now.getTime() + 1000 * seconds);
};
const drawn = async (week: string) => {
  await deliver(service.harness, {
    week,
    customers: customers(20, (n) => ({ party_id: `${week}-${n}`, likely: 0.9 })),
  });
  return (await service.harness.batchOf(await service.harness.run(SMALL, week))).id;
};
const open = async (id: string): Promise<string[]> => {
  const { batch } = await service.get('olga', `{ batch(id: "${id}") { sample { recipient { customer } } } }`);
  return batch.sample.map(({ recipient }: Answer['data']) => recipient.customer);
};
const review = (id: string, customer: string, verdict = 'FINE') =>
  service.get(
    'olga',
    `mutation { reviewSample(input: { batchId: "${id}", customer: "${customer}", verdict: ${verdict}, note: "seen" }) { batch { id } } }`,
  );
const act = (name: string, id: string) =>
  `mutation { ${name}(input: { batchId: "${id}" }) { batch { status reviewAlarms { measure verdict reviewer message } } } }`;
const evidence = async (from: string, to = from): Promise<Answer['data'][]> =>
  (
    await service.get(
      'carla',
      `{ reviewEvidence(campaign: "${SMALL}", from: "${from}", to: "${to}") { week reviewer openedAt lastVerdictAt sampleSize
         verdicts fine wrong removals opened openedAlone openedShare medianSeconds shortestSeconds streak batch { status } alarms { measure } } }`,
    )
  ).reviewEvidence;

describe('the evidence of a review', () => {
  it('is what the log says of openings and verdicts', async () => {
    const id = await drawn('2026-W40');
    const openedAt = service.harness.now.toISOString();
    const [first = '', second = '', third = '', fourth = ''] = await open(id);
    wait(30);
    await service.get(
      'olga',
      `{ explanation(campaign: "${SMALL}", week: "2026-W40", customer: "${first}") { title } }`,
    );
    wait(20);
    await review(id, first);
    wait(40);
    await review(id, second);
    wait(60);
    await review(id, third, 'WRONG');
    await service.get(
      'olga',
      `mutation { removeFromBatch(input: { batchId: "${id}", customer: "${third}", note: "a colleague" }) { batch { id } } }`,
    );
    // What has its place in the log, and what is staged, both count.
    await service.sequence();
    wait(10);
    await review(id, fourth);
    const [olga, ...others] = await evidence('2026-W40');
    expect(others).toEqual([]);
    expect(olga).toEqual({
      week: '2026-W40',
      reviewer: 'olga',
      openedAt,
      lastVerdictAt: service.harness.now.toISOString(),
      sampleSize: 4,
      verdicts: 4,
      fine: 3,
      wrong: 1,
      removals: 1,
      opened: 4,
      openedAlone: 1,
      openedShare: 1,
      // 20 from opening the customer, then 40, 60 and 10 from the verdict before.
      medianSeconds: 30,
      shortestSeconds: 10,
      streak: 1,
      batch: { status: 'IN_REVIEW' },
      alarms: [],
    });
    const { submitBatch } = await service.get('olga', act('submitBatch', id));
    expect(submitBatch.batch).toEqual({ status: 'SUBMITTED', reviewAlarms: [] });
  });

  it('is an incident where it was too quick, and is shown to whoever approves', async () => {
    const id = await drawn('2026-W41');
    for (const customer of await open(id)) {
      wait(3);
      await review(id, customer);
    }
    await service.get('olga', act('submitBatch', id));
    const alarms = [
      {
        measure: 'REVIEW_TIME',
        verdict: 'WARN',
        reviewer: 'olga',
        message: 'olga gave 4 verdicts, half of them within 3.0 s of opening',
      },
    ];
    const { approveBatch } = await service.get('mark', act('approveBatch', id));
    expect(approveBatch.batch).toEqual({ status: 'APPROVED', reviewAlarms: alarms });
    const { incidents } = await service.get(
      'mark',
      '{ incidents(open: true) { nodes { kind summary run { week } } } }',
    );
    expect(incidents.nodes).toEqual([
      {
        kind: 'RUBBER_STAMPING',
        summary: `the batch of ${SMALL} 2026-W41 was submitted although ${alarms[0]?.message}`,
        run: { week: '2026-W41' },
      },
    ]);
    await service.sequence();
    const said = (await service.entries()).filter(({ subject }) => subject === id);
    expect(said.find(({ action }) => action === 'batch.approve')?.details).toMatchObject({
      alarms: ['REVIEW_TIME'],
    });
  });

  it('bars the batch beyond a limit that halts, until it was looked at', async () => {
    const id = await drawn('2026-W42');
    const sample = await open(id);
    for (const customer of sample) await review(id, customer);
    expect(await service.refusal('olga', act('submitBatch', id))).toBe('INVALID_STATE REVIEW_REAL');
    for (const customer of sample) {
      wait(30);
      await review(id, customer);
    }
    const { submitBatch } = await service.get('olga', act('submitBatch', id));
    // Of the batch before there were 5 in a row, of this one 8.
    expect(submitBatch.batch.reviewAlarms).toMatchObject([
      { measure: 'REVIEW_STREAK', message: 'olga gave the same verdict 13 times in a row' },
    ]);
    expect((await evidence('2026-W40', '2026-W42')).map(({ week, streak }) => [week, streak])).toEqual([
      ['2026-W40', 1],
      ['2026-W41', 5],
      ['2026-W42', 13],
    ]);
  });

  it('is for compliance alone', async () => {
    const asked = `{ reviewEvidence(campaign: "${SMALL}", from: "2026-W40", to: "2026-W42") { reviewer } }`;
    expect(await service.refusal('olga', asked)).toBe('FORBIDDEN review.readEvidence');
    expect(await service.refusal('mark', asked)).toBe('FORBIDDEN review.readEvidence');
    expect(await service.refusal('carla', asked.replace('2026-W40', '2020-W01'))).toBe(
      'LIMIT_EXCEEDED WEEKS',
    );
    expect(await service.refusal('carla', asked.replace('2026-W40', '2026-W43'))).toBe('BAD_INPUT SPAN');
  });
});

describe('incidents', () => {
  it('are of the kinds that the table permits', async () => {
    const [constraint]: { definition: string }[] = await service.harness.services.db.query(
      `select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'incident_kind_check'`,
    );
    for (const kind of INCIDENT_KINDS) expect(constraint?.definition).toContain(`'${kind}'`);
  });
});
