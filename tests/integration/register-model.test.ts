import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCampaign } from '../../src/adapters/package/campaign-file.ts';
import { applyCampaign } from '../../src/use-cases/apply-campaign.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { type Answer, ApiService } from '../support/api-service.ts';
import { refusalOf } from '../support/refusals.ts';
import { registerJudged } from '../support/registered-model.ts';
import { OLGA, SHARED, sharedIsThere } from '../support/service-harness.ts';
import { zipFile } from '../support/zip-builder.ts';

const KEY = 'term-deposit';
const FILES = ['model.onnx', 'card.yaml', 'training.csv', 'reference.csv'];
const SHOWN =
  'id status gates { name verdict message figures { name rowName columns rows { label values } } }';
const REGISTER = `mutation ($package: Base64!) { registerModel(input: { campaign: "${KEY}", package: $package }) { model { id } } }`;

interface ShownFigure {
  readonly name: string;
  readonly rowName: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
}
interface ShownGate {
  readonly name: string;
  readonly verdict: string;
  readonly message: string;
  readonly figures: readonly ShownFigure[];
}

describe.skipIf(!sharedIsThere)('a package of real customers (../shared/models)', () => {
  let service: ApiService;
  beforeAll(async () => {
    service = await ApiService.start();
    const definition = readCampaign(await readFile(join(SHARED, 'campaigns', KEY, 'campaign.yaml'), 'utf8'));
    await execute(service.harness.services, OLGA, applyCampaign, definition);
  });
  afterAll(() => service?.stop());

  async function packageOf(name: string): Promise<string> {
    const content = (file: string) => readFile(join(SHARED, 'models', name, file));
    const files = await Promise.all(
      FILES.map(async (file) => ({ name: file, content: await content(file) })),
    );
    return Buffer.from(zipFile(files)).toString('base64');
  }
  const register = async (name: string): Promise<Answer['data']> => {
    const { id } = (await service.get('olga', REGISTER, { package: await packageOf(name) })).registerModel
      .model;
    await service.api.background.idle();
    return (await service.get('mark', `{ modelVersion(id: "${id}") { ${SHOWN} } }`)).modelVersion;
  };
  const gateOf = (gates: readonly ShownGate[], wanted: string): ShownGate => {
    const gate = gates.find(({ name }) => name === wanted);
    if (gate === undefined) throw new Error(`no gate ${wanted}`);
    return gate;
  };

  it('that learnt weeks by heart is refused, and can never be approved', async () => {
    const { id, status, gates } = await register('uci-boosted-1');
    expect(status).toBe('REFUSED');
    expect(gateOf(gates, 'WEEK_KEY')).toMatchObject({
      verdict: 'FAIL',
      message: expect.stringContaining('fund_week and fund_month'),
    });
    expect(gateOf(gates, 'OUT_OF_TIME').verdict).toBe('FAIL');
    const approve = `mutation { approveModel(input: { modelId: "${id}", acceptances: [] }) { model { status } } }`;
    expect(await service.refusal('carla', approve)).toBe('INVALID_STATE MODEL_STATUS');
  });

  it('that learnt customers is judged with figures, and approved when what warns is accepted in writing', async () => {
    const { id, status, gates } = await register('uci-boosted-2');
    expect(status).toBe('VALIDATED');
    const notPassed = gates.filter(({ verdict }: ShownGate) => verdict !== 'PASS');
    expect(notPassed.map(({ name, verdict }: ShownGate) => `${name} ${verdict}`)).toEqual([
      'CALIBRATION WARN',
      'DATA_USE WARN',
    ]);
    const [volumes] = gateOf(gates, 'BACKTEST').figures;
    expect(volumes).toMatchObject({ name: 'weekly volumes', rowName: 'week' });
    expect(volumes?.columns).toEqual(['rows', 'converted', 'chosen', 'expected', 'multiple']);
    expect(volumes?.rows).toHaveLength(108);
    // Chosen at the threshold of the campaign, 0.2: none in the first week, whose rows nothing lets expect.
    expect(volumes?.rows[0]).toEqual({ label: '2008-W18', values: [1986, 42, 0, null, null] });
    const kept = `{ modelVersion(id: "${id}") { gates { name figures { name rows { label values } } } } }`;
    const again = gateOf((await service.get('mark', kept)).modelVersion.gates, 'BACKTEST');
    expect(again.figures[0]?.rows).toEqual(volumes?.rows);

    const acceptance = (gate: string) =>
      `{ gate: "${gate}", reason: "ranks well, the threshold is by volume" }`;
    const approve = (...accepted: string[]) =>
      `mutation { approveModel(input: { modelId: "${id}", acceptances: [${accepted.map(acceptance).join(' ')}] }) { model { status } } }`;
    expect(await service.refusal('carla', approve('DATA_USE'))).toBe('GATE_FAILED CALIBRATION');
    const { approveModel } = await service.get('carla', approve('DATA_USE', 'CALIBRATION'));
    expect(approveModel.model.status).toBe('APPROVED');
  });

  it('is not judged again when it comes again', async () => {
    const { services } = service.harness;
    const idle = { ...services, scorer: { open: () => Promise.reject(new Error('it was opened')) } };
    const read = () => services.packages.fromFolder(join(SHARED, 'models/uci-boosted-2'));
    const again = await registerJudged(idle, OLGA, { campaign: KEY, read });
    expect(again.status).toBe('APPROVED');
    expect(await refusalOf(registerJudged(idle, OLGA, { campaign: 'unknown', read }))).toBe(
      'NOT_FOUND CAMPAIGN',
    );
  });
});
