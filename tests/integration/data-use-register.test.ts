import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withdrawDataUse } from '../../src/use-cases/data-uses.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { ApiService } from '../support/api-service.ts';
import { DataUseActs } from '../support/data-use-acts.ts';
import { CARLA, OLGA, type ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

let service: ApiService;
let harness: ServiceHarness;
let acts: DataUseActs;
beforeAll(async () => {
  service = await ApiService.start();
  harness = service.harness;
  harness.now = new Date('2026-11-16T09:00:00Z');
  await installSmall(harness);
  acts = new DataUseActs(harness);
  for (const week of ['2026-W40', '2026-W41']) {
    await deliver(harness, { week, customers: customers(3, (n) => ({ party_id: `${week}-${n}` })) });
    await harness.run(SMALL, week);
  }
  // Under way, and it has still to score.
  await execute(harness.services, OLGA, startRun, { campaign: SMALL, week: '2026-W42', trigger: 'MANUAL' });
});
afterAll(() => service?.stop());

describe('the API of data uses', () => {
  it('says beforehand and afterwards what a withdrawal stops', async () => {
    const { id } = await acts.signOff(['likely']);
    const what = `columns models { name status } campaigns { key } scheduledRuns { campaign { key } week dueAt }
                  runs { week } batches { run { week } }`;
    const stops = {
      columns: [],
      models: [],
      campaigns: [],
      scheduledRuns: [],
      runs: [],
      batches: [],
    };
    expect(await service.get('mark', `{ dataUseImpact(id: "${id}") { ${what} } }`)).toEqual({
      dataUseImpact: stops,
    });
    for (const use of await acts.inForce())
      if (use.id !== id && use.columns.includes('likely'))
        await execute(harness.services, CARLA, withdrawDataUse, { id: use.id, note: 'the other stays' });
    const all = {
      ...stops,
      columns: ['likely'],
      models: [{ name: 'likely', status: 'LIVE' }],
      campaigns: [{ key: SMALL }],
      scheduledRuns: [{ campaign: { key: SMALL }, week: '2026-W47', dueAt: '2026-11-22T00:00:00.000Z' }],
      runs: [{ week: '2026-W42' }],
    };
    expect((await service.get('mark', `{ dataUseImpact(id: "${id}") { ${what} } }`)).dataUseImpact).toEqual(
      all,
    );
    const { withdrawDataUse: payload } = await service.get(
      'carla',
      `mutation { withdrawDataUse(input: { id: "${id}", note: "no longer" }) { dataUse { status history { status by note } } impact { ${what} } } }`,
    );
    expect(payload.impact).toEqual(all);
    expect(payload.dataUse).toEqual({
      status: 'WITHDRAWN',
      history: [
        { status: 'DECLARED', by: 'olga', note: null },
        { status: 'SIGNED_OFF', by: 'carla', note: 'as discussed' },
        { status: 'WITHDRAWN', by: 'carla', note: 'no longer' },
      ],
    });
    expect(await service.get('mark', '{ dataUseImpact(id: "x") { columns } }')).toEqual({
      dataUseImpact: null,
    });
  });

  it('takes a declaration in both languages, and answers in either', async () => {
    const { declareDataUse: declared } = await service.get(
      'olga',
      `mutation { declareDataUse(input: { campaign: "${SMALL}", columns: ["age"], source: "datamart", purpose: "schatten",
         legalBasis: "toestemming", validUntil: "2026-12-01", english: { purpose: "estimate" } }) {
         dataUse { source(language: EN) purpose en: purpose(language: EN) endsSoon history { status } runs { totalCount } } impact { columns } } }`,
    );
    expect(declared).toEqual({
      dataUse: {
        source: 'datamart',
        purpose: 'schatten',
        en: 'estimate',
        endsSoon: false,
        history: [{ status: 'DECLARED' }],
        runs: { totalCount: 0 },
      },
      impact: null,
    });
  });

  it('has the register, column by column, as it stood at an instant', async () => {
    const register = async (at: string | null) =>
      (
        await service.get(
          'carla',
          `query ($at: DateTime) { dataUseRegister(campaign: "${SMALL}", at: $at) { at columns {
             name type category label(language: EN) covered needed statement models { name version }
             dataUses { status endsSoon purpose(language: EN) source legalBasis declaredBy signedBy validUntil }
             runs(first: 1) { totalCount nodes { week } pageInfo { hasNextPage } } } } }`,
          { at },
        )
      ).dataUseRegister;
    harness.now = new Date('2026-11-17T09:00:00Z');
    await acts.withdrawAll();
    harness.now = new Date('2026-11-18T09:00:00Z');
    await acts.signOff(['likely'], '2026-12-01');
    const now = await register(null);
    expect(now.at).toBe('2026-11-18T09:00:00.000Z');
    const column = (of: typeof now, name: string) =>
      of.columns.find((found: { name: string }) => found.name === name);
    expect(column(now, 'likely')).toMatchObject({
      type: 'number',
      category: 'feature',
      label: 'chance',
      covered: true,
      needed: true,
      models: [{ name: 'likely', version: '1' }],
      runs: { totalCount: 2, nodes: [{ week: '2026-W41' }], pageInfo: { hasNextPage: true } },
    });
    expect(column(now, 'likely').dataUses.at(-1)).toEqual({
      status: 'SIGNED_OFF',
      endsSoon: true,
      purpose: 'try it',
      source: 'the tests',
      legalBasis: 'consent',
      declaredBy: 'olga',
      signedBy: 'carla',
      validUntil: '2026-12-01',
    });
    expect(column(now, 'age')).toMatchObject({ covered: false, needed: true });
    expect(column(now, 'deceased')).toMatchObject({
      category: 'eligibility',
      covered: false,
      needed: false,
      statement: expect.stringMatching(/^Only the rules of eligibility read it.*needs no data use\.$/),
      dataUses: [],
      models: [],
      runs: { totalCount: 0 },
    });
    expect(column(await register('2026-11-15T00:00:00Z'), 'likely')).toMatchObject({
      covered: false,
      needed: false,
      dataUses: [],
    });
  });
});
