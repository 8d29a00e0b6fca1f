import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCampaign } from '../../src/adapters/package/campaign-file.ts';
import { digestOf } from '../../src/audit/digest.ts';
import { mailFile } from '../../src/domain/batch.ts';
import type { Config } from '../../src/domain/campaign.ts';
import { BatchRow } from '../../src/store/batch.row.ts';
import { HandOffRow } from '../../src/store/hand-off.row.ts';
import { ModelVersionRow } from '../../src/store/model-version.row.ts';
import { applyCampaign } from '../../src/use-cases/apply-campaign.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { OLGA, type ServiceHarness } from './service-harness.ts';
import { changeState } from './state-change.ts';

const FILE = join(import.meta.dirname, '../../campaigns/investing-retail/campaign.yaml');

/** Applies the campaign that ships, under a key of the test's own, without a model; answers the key. */
export async function applyShipped(
  { services }: ServiceHarness,
  change: Partial<Config> = {},
  key = 'investing-retail',
): Promise<string> {
  const definition = readCampaign(await readFile(FILE, 'utf8'), FILE);
  const config = { ...definition.config, ...change };
  await execute(services, OLGA, applyCampaign, { ...definition, key, config });
  return key;
}

/** A live model that asks for no columns: enough for a run to be started, not to score. */
export async function addLiveModel({ services, now }: ServiceHarness, campaign: string): Promise<void> {
  const model = {
    id: services.ids.next(),
    campaign,
    name: 'stand-in',
    version: '1',
    digest: digestOf('package'),
    modelDigest: digestOf('model'),
    cardDigest: digestOf('card'),
    card: {
      format: 'model-package/1',
      campaign,
      name: 'stand-in',
      version: '1',
      builder: 'a test',
      output: { name: 'probabilities', index: 1 },
      trained: { from: '2020-W01', to: '2020-W52' },
      features: [],
      intendedUse: 'a test',
      notToBeUsedWhen: [],
      weaknesses: [],
    },
    gates: [],
    status: 'LIVE',
    registeredBy: 'olga',
    registeredAt: now,
    approvedBy: 'carla',
    approvedAt: now,
    liveFrom: now,
  } as const;
  await changeState(services.db, (tx) => tx.insert(ModelVersionRow, model));
}

/** A batch of two customers that was released and not yet handed over; answers its id. */
export async function addReleasedBatch(
  { services, now }: ServiceHarness,
  campaign: string,
  week: string,
): Promise<string> {
  const id = services.ids.next();
  const recipients = ['c1', 'c2'].map((customer) => ({ customer, arm: 'MODEL' }));
  const digest = digestOf(id);
  const batch = {
    id,
    campaign,
    week,
    fallback: true,
    status: 'RELEASED',
    size: recipients.length,
    digest,
    createdAt: now,
    submittedBy: 'olga',
    submittedAt: now,
    decidedBy: 'mark',
    decidedAt: now,
    approvedDigest: digest,
    releasedBy: 'olga',
    releasedAt: now,
  } as const;
  const handOff = {
    batchId: id,
    file: `${campaign}-${week}-${id}.csv`,
    digest: digestOf(mailFile(campaign, recipients)),
    rows: recipients.length,
  };
  await changeState(services.db, async (tx) => {
    await tx.insert(BatchRow, batch);
    for (const [row, { customer, arm }] of recipients.entries()) {
      await tx.query(
        'insert into recipient (batch_id, customer, arm, row_no, salt) values ($1, $2, $3, $4, $5)',
        [id, customer, arm, row, services.randomness.bytes(16)],
      );
    }
    await tx.insert(HandOffRow, handOff);
  });
  return id;
}
