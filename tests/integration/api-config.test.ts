import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiService } from '../support/api-service.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

let service: ApiService;
beforeAll(async () => {
  service = await ApiService.start({ scorer: likelyScorer });
  service.harness.now = new Date('2026-11-02T09:00:00Z');
  await installSmall(service.harness);
  await deliver(service.harness, { week: '2026-W43', customers: customers(20, (n) => ({ likely: n / 21 })) });
  await service.harness.run(SMALL, '2026-W43');
});
afterAll(() => service?.stop());

const CHANGE = `id status reason digest revision needs base obstacles cutsEvaluation acceptsEvaluationLoss proposedBy decidedBy
  differences { field before after } impact { weeks { week before after enter leave } warnings }
  approvals { by role isVoid } config { number } campaign { key }`;
const PROPOSE = `mutation ($patch: ConfigPatchInput!, $loss: Boolean) {
  proposeConfigChange(input: { campaign: "${SMALL}", patch: $patch, reason: "fewer mails", acceptsEvaluationLoss: $loss }) {
    change { ${CHANGE} } } }`;
const act = (name: string, id: string, more = '', argument = '') =>
  `mutation { ${name}(input: { id: "${id}"${more} }${argument}) { change { ${CHANGE} } } }`;

describe('a config change over the API', () => {
  it('is previewed, proposed with the same impact, edited, approved, and history', async () => {
    const patch = {
      threshold: 0.8,
      limits: [{ check: 'DRIFT', warn: 0.3 }],
      marketWeekBand: { min: -0.2, max: 0.2 },
    };
    const preview = await service.get(
      'mark',
      `query ($patch: ConfigPatchInput!) { previewConfigChange(campaign: "${SMALL}", input: $patch) { weeks { week before after enter leave } warnings } }`,
      { patch },
    );
    expect(await service.refusal('olga', PROPOSE, { patch })).toBe('INVALID_STATE EVALUATION_LOSS');
    const { change } = (await service.get('olga', PROPOSE, { patch, loss: true })).proposeConfigChange;
    expect(change).toMatchObject({
      status: 'PROPOSED',
      needs: ['MARKETEER', 'COMPLIANCE_REVIEWER'],
      base: 1,
      obstacles: [],
      acceptsEvaluationLoss: true,
      differences: [
        { field: 'threshold', before: '0.5', after: '0.8' },
        { field: 'marketWeekBand', before: 'none', after: '-0.2 to 0.2' },
        { field: 'limits.DRIFT.warn', before: 'never', after: '0.3' },
      ],
      config: null,
      campaign: { key: SMALL },
    });
    expect(change.impact).toEqual(preview.previewConfigChange);
    expect(change.impact.weeks).toMatchObject([
      { week: '2026-W43', before: 10, after: 4, enter: 0, leave: 6 },
    ]);
    expect(change.cutsEvaluation).toContain('2026-W43');
    await service.get('mark', act('approveConfigChange', change.id));
    const amended = (
      await service.get('olga', act('amendConfigChange', change.id, ', patch: { threshold: 0.9 }'))
    ).amendConfigChange.change;
    expect(amended).toMatchObject({
      revision: 2,
      needs: ['MARKETEER'],
      approvals: [{ by: 'mark', role: 'MARKETEER', isVoid: true }],
    });
    const seen = (digest: string) => act('approveConfigChange', change.id, '', `, digest: "${digest}"`);
    expect(await service.refusal('mark', seen(change.digest))).toBe('CONFLICT REVISION');
    expect((await service.get('mark', seen(amended.digest))).approveConfigChange.change).toMatchObject({
      status: 'EFFECTIVE',
      decidedBy: 'mark',
      config: { number: 2 },
    });
    const { config } = await service.get(
      'mark',
      `{ config(campaign: "${SMALL}") { number threshold change { id } } }`,
    );
    expect(config).toEqual({ number: 2, threshold: 0.9, change: { id: change.id } });
    const first = await service.get(
      'mark',
      `{ config(campaign: "${SMALL}", at: "2026-11-02T08:59:59Z") { number } }`,
    );
    expect(first.config).toBeNull();
  });

  it('is listed, by status and page by page', async () => {
    const changes = [];
    for (const capacity of [10, 11, 12]) {
      const answer = await service.get('olga', PROPOSE, { patch: { capacity }, loss: true });
      changes.push(answer.proposeConfigChange.change.id);
      service.harness.now = new Date(service.harness.now.getTime() + 1000);
    }
    const page = `query ($after: String) { configChanges(campaign: "${SMALL}", status: [PROPOSED], first: 2, after: $after) {
      totalCount nodes { id } pageInfo { endCursor hasNextPage } } }`;
    const one = (await service.get('carla', page)).configChanges;
    const two = (await service.get('carla', page, { after: one.pageInfo.endCursor })).configChanges;
    expect([...one.nodes, ...two.nodes].map(({ id }: { id: string }) => id)).toEqual(changes.toReversed());
    expect([one.totalCount, two.pageInfo.hasNextPage]).toEqual([3, false]);
    const [id = ''] = changes;
    expect((await service.get('carla', `{ configChange(id: "${id}") { status } }`)).configChange.status).toBe(
      'PROPOSED',
    );
    expect(await service.refusal('olga', act('rejectConfigChange', id, ', note: "no"'))).toBe(
      'FOUR_EYES ANOTHER_PERSON',
    );
    expect(await service.refusal('cees', act('approveConfigChange', id))).toBe('FORBIDDEN config.approve');
    await service.get('mark', act('rejectConfigChange', id, ', note: "no"'));
    await service.get('olga', act('withdrawConfigChange', changes[1] ?? ''));
  });

  it.each([
    [{ threshold: 7 }, 'BAD_INPUT SETTINGS'],
    [{ threshold: null }, 'BAD_INPUT SETTINGS'],
    [{ limits: [{ check: 'VOLUME_BAND', warn: 1 }] }, 'BAD_INPUT SETTINGS'],
    [{ limits: [{ check: 'DRIFT' }, { check: 'DRIFT' }] }, 'BAD_INPUT SETTINGS'],
    [{}, 'BAD_INPUT NO_DIFFERENCE'],
  ])('%j is refused', async (patch, refusal) => {
    expect(await service.refusal('olga', PROPOSE, { patch, loss: true })).toBe(refusal);
  });

  it('of an override shows in the runs that it held in', async () => {
    const overrides = [{ feature: 'likely', value: 0.95, reason: 'counted twice', expires: '2026-11-15' }];
    const { change } = (await service.get('olga', PROPOSE, { patch: { overrides }, loss: true }))
      .proposeConfigChange;
    await service.get('mark', act('approveConfigChange', change.id));
    await service.get('carla', act('approveConfigChange', change.id));
    for (const [week, day] of [
      ['2026-W45', '09'],
      ['2026-W46', '16'],
    ] as const) {
      service.harness.now = new Date(`2026-11-${day}T09:00:00Z`);
      await deliver(service.harness, { week, customers: customers(5, () => ({ likely: 0.1 })) });
      await service.harness.run(SMALL, week);
    }
    const query = `{ runs(campaign: "${SMALL}", from: "2026-W45") { nodes { week overrides { feature value expires applied } } } }`;
    const { nodes } = (await service.get('mark', query)).runs;
    const held = { feature: 'likely', value: 0.95, expires: '2026-11-15' };
    expect(nodes).toEqual([
      { week: '2026-W46', overrides: [{ ...held, applied: false }] },
      { week: '2026-W45', overrides: [{ ...held, applied: true }] },
    ]);
  });
});
