import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyCampaign } from '../../src/use-cases/apply-campaign.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { type Answer, ApiService } from '../support/api-service.ts';
import { OLGA } from '../support/service-harness.ts';
import { SMALL, smallDefinition, writeSmallCampaign } from '../support/small-campaign.ts';
import { zipFile } from '../support/zip-builder.ts';

let service: ApiService;
let zip: string;
beforeAll(async () => {
  service = await ApiService.start();
  service.harness.now = new Date('2026-11-01T09:00:00Z');
  const { model } = await writeSmallCampaign(service.harness.folder);
  const names = ['model.onnx', 'card.yaml', 'reference.csv', 'training.csv'];
  const contents = await Promise.all(names.map((name) => readFile(join(model, name))));
  zip = Buffer.from(
    zipFile(names.map((name, i) => ({ name, content: contents[i] ?? new Uint8Array() }))),
  ).toString('base64');
  await execute(service.harness.services, OLGA, applyCampaign, smallDefinition());
});
afterAll(() => service?.stop());

const at = (day: number) => {
  service.harness.now = new Date(Date.UTC(2026, 10, day, 9));
};
const instant = (day: number) => new Date(Date.UTC(2026, 10, day, 10)).toISOString();

describe('data uses', () => {
  const uses = async (when?: string): Promise<Answer['data'][]> =>
    (
      await service.get(
        'mark',
        `query ($at: DateTime) { dataUses(campaign: "${SMALL}", at: $at) { id status columns purpose legalBasis validUntil declaredBy decidedBy decidedAt note campaign { key } } }`,
        { at: when ?? null },
      )
    ).dataUses;
  const decide = (name: string, id: string, note = '') =>
    `mutation { ${name}(input: { id: "${id}", note: "${note}" }) { dataUse { status decidedBy } } }`;

  it('are declared, signed off by another, withdrawn, and shown as they stood at an instant', async () => {
    const declare = (
      validUntil: string,
    ) => `mutation { declareDataUse(input: { campaign: "${SMALL}", columns: ["age"],
      source: "mart", purpose: "estimate", legalBasis: "consent", validUntil: "${validUntil}" }) { dataUse { id status declaredBy } } }`;
    at(2);
    expect(await service.refusal('olga', declare('2026-10-01'))).toBe('BAD_INPUT VALID_UNTIL');
    const { dataUse } = (await service.get('olga', declare('2026-11-20'))).declareDataUse;
    expect(dataUse).toMatchObject({ status: 'DECLARED', declaredBy: 'olga' });
    at(4);
    expect(await service.refusal('olga', decide('signOffDataUse', dataUse.id))).toBe(
      'FORBIDDEN dataUse.decide',
    );
    expect((await service.get('carla', decide('signOffDataUse', dataUse.id))).signOffDataUse.dataUse).toEqual(
      {
        status: 'SIGNED_OFF',
        decidedBy: 'carla',
      },
    );
    at(6);
    await service.get('carla', decide('withdrawDataUse', dataUse.id, 'no longer'));
    const statusAt = async (day: number) =>
      (await uses(instant(day))).find(({ id }) => id === dataUse.id)?.status;
    expect(await Promise.all([1, 2, 3, 4, 5, 6, 7].map(statusAt))).toEqual([
      undefined,
      'DECLARED',
      'DECLARED',
      'SIGNED_OFF',
      'SIGNED_OFF',
      'WITHDRAWN',
      'WITHDRAWN',
    ]);
    expect((await uses(instant(5))).find(({ id }) => id === dataUse.id)).toMatchObject({
      decidedBy: 'carla',
      decidedAt: '2026-11-04T09:00:00.000Z',
      note: '',
      campaign: { key: SMALL },
    });
  });

  it('expire after their last day', async () => {
    const [use] = await uses();
    await service.get('carla', decide('signOffDataUse', use.id));
    const signed = async (when: string) => (await uses(when)).find(({ id }) => id === use.id)?.status;
    expect(await signed('2035-12-31T22:59:59Z')).toBe('SIGNED_OFF');
    expect(await signed('2035-12-31T23:00:00Z')).toBe('EXPIRED');
  });
});

describe('a model version', () => {
  const act = (name: string, id: string, extra = '') =>
    `mutation { ${name}(input: { modelId: "${id}"${extra} }) { model { id status approvedBy liveFrom liveUntil gates { name verdict acceptedBy acceptance } } } }`;
  const live = async (when: string | null) =>
    (
      await service.get('mark', `query ($at: DateTime) { liveModel(campaign: "${SMALL}", at: $at) { id } }`, {
        at: when,
      })
    ).liveModel;
  const register = `mutation ($package: Base64!) { registerModel(input: { campaign: "${SMALL}", package: $package }) { model { id status name version registeredBy gates { name verdict } } } }`;

  it('is registered from a zip, approved by another, activated and retired', async () => {
    at(8);
    const { model } = (await service.get('olga', register, { package: zip })).registerModel;
    expect(model).toMatchObject({
      status: 'REGISTERED',
      gates: [],
      name: 'likely',
      version: '1',
      registeredBy: 'olga',
    });
    expect((await service.get('olga', register, { package: zip })).registerModel.model.id).toBe(model.id);
    await service.api.background.idle();
    const { validateModel } = await service.get('olga', act('validateModel', model.id));
    expect(validateModel.model.status).toBe('REGISTERED');
    await service.api.background.idle();
    const shown = `{ modelVersion(id: "${model.id}") { status gates { name } judging { state } judgedAt judgedBy { number } } }`;
    const { modelVersion: judged } = await service.get('mark', shown);
    expect(judged).toMatchObject({ status: 'VALIDATED', judging: null, judgedBy: { number: 1 } });
    expect(judged.gates).toHaveLength(11);
    expect(await service.refusal('olga', act('activateModel', model.id))).toBe('INVALID_STATE MODEL_STATUS');
    const acceptances = judged.gates
      .map(({ name }: { name: string }) => `{ gate: "${name}", reason: "judged" }`)
      .join(' ');
    const approved = await service.get(
      'carla',
      act('approveModel', model.id, `, acceptances: [${acceptances}]`),
    );
    expect(approved.approveModel.model).toMatchObject({ status: 'APPROVED', approvedBy: 'carla' });
    at(10);
    const { activateModel } = await service.get('olga', act('activateModel', model.id));
    expect(activateModel.model).toMatchObject({
      status: 'LIVE',
      liveFrom: '2026-11-10T09:00:00.000Z',
      liveUntil: null,
    });
    at(12);
    await service.get('olga', act('retireModel', model.id, ', note: "too old"'));
    expect([
      await live(instant(9)),
      await live(instant(11)),
      await live(instant(13)),
      await live(null),
    ]).toEqual([null, { id: model.id }, null, null]);
    const { modelVersions } = await service.get(
      'mark',
      `{ modelVersions(campaign: "${SMALL}") { totalCount nodes { id intendedUse notToBeUsedWhen weaknesses digest } } }`,
    );
    expect(modelVersions).toMatchObject({
      totalCount: 1,
      nodes: [{ id: model.id, weaknesses: ['it believes whatever it is told'] }],
    });
  });

  it('is not made of something else', async () => {
    const nothing = Buffer.from('not a zip').toString('base64');
    expect(await service.refusal('olga', register, { package: nothing })).toBe('BAD_INPUT PACKAGE');
    expect(
      (await service.ask('olga', register, { package: 'not base64!' })).errors?.[0]?.extensions.code,
    ).toBe('BAD_INPUT');
  });
});

describe('settings', () => {
  it('are those of an instant', async () => {
    const config = async (when: string) =>
      (
        await service.get(
          'mark',
          `{ config(campaign: "${SMALL}", at: "${when}") { number schedule limits { check warn halt } } }`,
        )
      ).config;
    expect(await config('2026-10-31T00:00:00Z')).toBeNull();
    expect(await config('2026-11-30T00:00:00Z')).toMatchObject({ number: 1, schedule: '0 1 * * 0' });
    expect((await config('2026-11-30T00:00:00Z')).limits).toContainEqual({
      check: 'DRIFT',
      warn: null,
      halt: null,
    });
  });
});

describe('whom to leave alone', () => {
  it('the contact centre tells, and learns nothing else', async () => {
    expect(
      (
        await service.get(
          'cees',
          'mutation { recordOptOut(input: { customer: "c7", note: "called" }) { customer } }',
        )
      ).recordOptOut,
    ).toEqual({ customer: 'c7' });
    expect(
      (
        await service.get(
          'cees',
          `mutation { addToQuietList(input: { campaign: "${SMALL}", customer: "c8", until: "2026-12-31", reason: "in mourning" }) { customer } }`,
        )
      ).addToQuietList,
    ).toEqual({ customer: 'c8' });
    expect((await service.get('cees', '{ viewer { subject roles } }')).viewer).toEqual({
      subject: 'cees',
      roles: ['CONTACT_CENTRE'],
    });
    expect(await service.refusal('cees', '{ campaigns { key } }')).toBe('FORBIDDEN campaign.read');
  });
});
