/**
 * A process that may be killed: takes the batch of a week from its review to the mail tool, as two people and the engine do,
 * from wherever an earlier one was cut off. The audit log is sequenced beside it. `node kill-child.js WEEK`, DATA_DIR is set.
 */
import { openApp } from '../../src/app.ts';
import { loadSettings } from '../../src/config.ts';
import { RefusalError } from '../../src/domain/refusal.ts';
import { recallCheckpoint, sequencing } from '../../src/sequencing.ts';
import { approveBatch } from '../../src/use-cases/decide-batch.ts';
import { type Caller, execute } from '../../src/use-cases/execute.ts';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { addToQuietList, recordOptOut } from '../../src/use-cases/protect-customer.ts';
import { releaseBatch } from '../../src/use-cases/release-batch.ts';
import { removeFromBatch, reviewSample } from '../../src/use-cases/review-batch.ts';
import type { Services } from '../../src/use-cases/services.ts';
import { submitBatch } from '../../src/use-cases/submit-batch.ts';
import { CAMPAIGN } from './kill-world.ts';

const OLGA: Caller = { actor: { subject: 'olga', name: null, roles: ['OPERATOR'] }, requestId: null };
const MARK: Caller = { actor: { subject: 'mark', name: null, roles: ['MARKETEER'] }, requestId: null };
/** Of the customers still in an approved batch, by customer: who opts out and who comes on the quiet list before its release. */
const [OPTS_OUT, GOES_QUIET] = [1, 4];
/** Another process may have done each act of a batch just before. */
const TURNS = 200;

interface Batch {
  readonly id: string;
  readonly status: string;
  readonly delivered: boolean;
}

const week = process.argv[2] ?? '';
const app = await openApp(loadSettings({ ...process.env, LOG_LEVEL: 'warn' }));
const sequencer = sequencing(app, await recallCheckpoint(app));
try {
  await takeToMailTool(app.services);
} finally {
  await sequencer.stop();
  await app.close();
}

async function takeToMailTool(services: Services): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    const [batch]: Batch[] = await services.db.query(
      `select b.id, b.status, h.delivered_at is not null as delivered from batch b left join hand_off h on h.batch_id = b.id
       where b.campaign = $1 and b.week = $2`,
      [CAMPAIGN, week],
    );
    if (batch === undefined || batch.delivered) return;
    try {
      await takeOn(services, batch);
    } catch (error) {
      if (!(error instanceof RefusalError) || error.refusal.code !== 'INVALID_STATE') throw error;
    }
  }
  throw new Error(`the batch of ${week} does not get on`);
}

async function takeOn(services: Services, { id: batchId, status }: Batch): Promise<void> {
  if (status === 'IN_REVIEW') {
    await review(services, batchId);
    await execute(services, OLGA, submitBatch, { batchId });
  } else if (status === 'SUBMITTED') {
    await execute(services, MARK, approveBatch, { batchId });
  } else if (status === 'APPROVED') {
    await protectSome(services, batchId);
    await execute(services, OLGA, releaseBatch, { batchId });
  } else if (status === 'RELEASED') {
    await handOffReleased(services);
  } else throw new Error(`a batch that is ${status} was not expected`);
}

/** Judges the sample; the first of it is wrong and removed. */
async function review(services: Services, batchId: string): Promise<void> {
  const sample: { customer: string; position: number; verdict: string; removed: boolean }[] =
    await services.db.query(
      `select customer, position, verdict, removed_by is not null as removed
       from sample_item join recipient using (batch_id, customer) where batch_id = $1 order by position`,
      [batchId],
    );
  const first = sample[0];
  for (const { customer, position, verdict } of sample) {
    if (verdict !== 'PENDING') continue;
    const found = position === first?.position ? 'WRONG' : 'FINE';
    await execute(services, OLGA, reviewSample, { batchId, customer, verdict: found, note: 'looked at' });
  }
  if (first !== undefined && !first.removed)
    await execute(services, OLGA, removeFromBatch, {
      batchId,
      customer: first.customer,
      note: 'was judged wrong',
    });
}

/** What happens between approval and release: it must drop these two and nobody else. */
async function protectSome(services: Services, batchId: string): Promise<void> {
  const approved: { customer: string; out: boolean; quiet: boolean }[] = await services.db.query(
    `select customer, exists (select from opt_out o where o.customer = r.customer) as out,
            exists (select from quiet_list q where q.customer = r.customer) as quiet
     from recipient r where batch_id = $1 and removed_by is null order by customer`,
    [batchId],
  );
  const [out, quiet] = [approved[OPTS_OUT], approved[GOES_QUIET]];
  if (out?.out === false)
    await execute(services, OLGA, recordOptOut, { customer: out.customer, note: 'called' });
  if (quiet?.quiet === false)
    await execute(services, OLGA, addToQuietList, {
      campaign: CAMPAIGN,
      customer: quiet.customer,
      until: '2099-12-31',
      reason: 'asked for rest',
    });
}
