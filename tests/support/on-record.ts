import { execute } from '../../src/use-cases/execute.ts';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { reproduceRun } from '../../src/use-cases/reproduce-run.ts';
import { removeFromBatch } from '../../src/use-cases/review-batch.ts';
import type { ApiService } from './api-service.ts';
import { OLGA } from './service-harness.ts';
import { customers, deliver, installSmall, SMALL } from './small-campaign.ts';

/** Ids of what is on record, and a customer who is to be mailed. */
export interface OnRecord {
  readonly week: string;
  readonly customer: string;
  readonly run: string;
  readonly batch: string;
  readonly model: string;
}

/** Something of every kind: a released week that was reproduced, a recipient who was removed, a rejected row, a halted week. */
export async function everythingOnRecord(service: ApiService): Promise<OnRecord> {
  const { harness } = service;
  const { services } = harness;
  const week = '2026-W44';
  harness.now = new Date('2026-11-01T09:00:00Z');
  await installSmall(harness);
  await deliver(harness, { week, customers: customers(30, (n) => ({ likely: n / 31 })) });
  const run = await harness.run(SMALL, week);
  const { id: batch } = await harness.batchOf(run);
  const [first, last]: { customer: string }[] = await services.db.query(
    `select customer from recipient where batch_id = $1 order by customer`,
    [batch],
  );
  if (first === undefined || last === undefined) throw new Error('nobody is to be mailed');
  await execute(services, OLGA, removeFromBatch, {
    batchId: batch,
    customer: last.customer,
    note: 'a colleague',
  });
  await harness.release(run);
  await handOffReleased(services);
  await execute(services, OLGA, reproduceRun, { runId: run.id });
  harness.now = new Date('2026-11-08T09:00:00Z');
  await harness.run(SMALL, '2026-W45');
  await service.sequence();
  return { week, customer: first.customer, run: run.id, batch, model: run.modelId };
}
