import { digestOf } from '../audit/digest.ts';
import { type BatchRecipient, judgeStatus, mailFile } from '../domain/batch.ts';
import { reasonsOf, sendDay } from '../domain/eligibility.ts';
import { refuse } from '../domain/refusal.ts';
import { dateIn, type IsoDate, isoDate } from '../domain/week.ts';
import { BatchRow } from '../store/batch.row.ts';
import { currentDigest, lockBatch, recipientsOf } from '../store/batch.store.ts';
import { campaignOf, configAt } from '../store/campaign.store.ts';
import { flowMailing, noteContacts } from '../store/contact.store.ts';
import { shareCampaign } from '../store/engine-pause.store.ts';
import { HandOffRow } from '../store/hand-off.row.ts';
import { RunRow } from '../store/run.row.ts';
import type { Transaction } from '../store/transaction.ts';
import { assertGoing } from './engine.ts';
import type { Act, Command } from './execute.ts';
import { judgeAfresh } from './judge-afresh.ts';
import { type BatchInput, obey, sourceOf } from './review-batch.ts';

/**
 * Releases an approved batch: what was approved is what goes, or nothing does; whoever opted out or came on the quiet list
 * since is dropped. The file is handed over afterwards (hand-off.ts). Releasing again changes nothing.
 */
export const releaseBatch: Command<BatchInput, BatchRow> = {
  action: 'batch.release',
  permission: 'batch.release',
  about: ({ batchId }) => ({ campaign: null, subject: batchId }),
  async handle(act, { batchId }) {
    const { tx, now, actor } = act;
    const batch = await lockBatch(tx, batchId);
    if (batch.status === 'RELEASED') {
      return {
        result: batch,
        facts: { campaign: batch.campaign, subject: batchId, digest: batch.digest, details: { again: true } },
      };
    }
    obey(judgeStatus('release', batch.status));
    const digest = await currentDigest(tx, batch);
    if (digest !== batch.approvedDigest) {
      refuse(
        'CONFLICT',
        'APPROVED_DIGEST',
        'The batch is not the one that was approved: its recipients or settings differ.',
      );
    }
    await needTurn(tx, batch);
    const dropped = (await dropProtected(tx, batch, dateIn('UTC', now))) + (await dropBarred(tx, batch, now));
    const recipients = await recipientsOf(tx, batchId);
    const released = { status: 'RELEASED' as const, releasedBy: actor.subject, releasedAt: now };
    await tx.update(BatchRow, { id: batchId }, released);
    if (batch.runId !== null) await tx.update(RunRow, { id: batch.runId }, { status: 'RELEASED' });
    await claimRecipients(tx, batch, recipients);
    await noteFlow(tx, batch, recipients, now);
    const handOff = await openHandOff(act, batch, recipients);
    return {
      result: { ...batch, ...released },
      facts: {
        campaign: batch.campaign,
        subject: batchId,
        digest,
        details: {
          ...sourceOf(batch),
          before: batch.status,
          after: released.status,
          approvedBy: batch.decidedBy,
          released: recipients.length,
          dropped,
          file: handOff.file,
          fileDigest: handOff.digest,
        },
      },
    };
  },
};

/** While the engine is paused nothing leaves, and once a later week was decided its customers were judged anew. */
async function needTurn(tx: Transaction, { campaign, week, runId, fallback }: BatchRow): Promise<void> {
  await shareCampaign(tx, campaign);
  await assertGoing(tx, campaign, fallback ? 'FALLBACK_MAIL' : 'MAIL');
  const [later]: { week: string }[] = await tx.query(
    `select week from run
     where campaign = $1 and week > $2 and current and decision_root is not null and id is distinct from $3
     order by week desc limit 1`,
    [campaign, week, runId],
  );
  if (later !== undefined) {
    refuse(
      'INVALID_STATE',
      'WEEK_PASSED',
      `${later.week} has been decided since: who is in this batch of ${week} may have been mailed, have objected or have bought.`,
    );
  }
}

/** Marks who must not be mailed any more; answers how many. */
async function dropProtected(tx: Transaction, batch: BatchRow, today: IsoDate): Promise<number> {
  const marked: { customer: string; reason: string }[] = await tx.query(
    `with protected as (
       select customer, 'OPTED_OUT' as reason from opt_out
       union all
       select customer, 'QUIET_LIST' from quiet_list where campaign = $2 and until >= $3
     )
     select distinct on (r.customer) r.customer, p.reason from recipient r join protected p using (customer)
     where r.batch_id = $1 and r.removed_by is null order by r.customer, p.reason`,
    [batch.id, batch.campaign, today],
  );
  await markDropped(
    tx,
    batch.id,
    marked.map(({ customer, reason }) => [customer, reason] as const),
  );
  return marked.length;
}

/** Of a batch that was drawn while the engine was off, every rule is applied anew: weeks may lie between the snapshot and this day. */
async function dropBarred(tx: Transaction, batch: BatchRow, now: Date): Promise<number> {
  if (!batch.fallback || batch.snapshotRunId === null) return 0;
  const campaign = await campaignOf(tx, batch.campaign);
  const today = dateIn(campaign.definition.timeZone, now);
  const { settings: config } = await configAt(tx, batch.campaign, now);
  const run = await tx.findOneByOrFail(RunRow, { id: batch.snapshotRunId });
  const recipients = new Set((await recipientsOf(tx, batch.id)).map(({ customer }) => customer));
  const barred: (readonly [customer: string, reason: string])[] = [];
  for await (const [customer, reasons] of judgeAfresh(tx, { campaign, run, config, today })) {
    const [reason] = recipients.has(customer) ? reasonsOf(reasons) : [];
    if (reason !== undefined) barred.push([customer, reason]);
  }
  await markDropped(tx, batch.id, barred);
  return barred.length;
}

async function markDropped(
  tx: Transaction,
  batchId: string,
  dropped: readonly (readonly [customer: string, reason: string])[],
): Promise<void> {
  await tx.query(
    `update recipient r set dropped = d.reason
     from (select * from unnest($2::text[], $3::text[])) as d (customer, reason)
     where r.batch_id = $1 and r.customer = d.customer`,
    [batchId, dropped.map(([customer]) => customer), dropped.map(([, reason]) => reason)],
  );
}

/** No customer is in two released batches of a week: the table's key says so, this says it first and kindly. */
async function claimRecipients(
  tx: Transaction,
  batch: BatchRow,
  recipients: readonly BatchRecipient[],
): Promise<void> {
  const claimed: { customer: string }[] = await tx.query(
    `insert into released_recipient (campaign, week, customer, batch_id)
     select $1, $2, c, $3 from unnest($4::text[]) as c on conflict do nothing returning customer`,
    [batch.campaign, batch.week, batch.id, recipients.map(({ customer }) => customer)],
  );
  const twice = recipients.length - claimed.length;
  if (twice > 0) {
    refuse(
      'CONFLICT',
      'ONE_BATCH_A_WEEK',
      `${twice} customers are in a batch of ${batch.week} that was released already.`,
    );
  }
}

/** The flow's messages become part of the contact history, as planned. */
async function noteFlow(
  tx: Transaction,
  batch: BatchRow,
  recipients: readonly BatchRecipient[],
  now: Date,
): Promise<void> {
  const { definition } = await campaignOf(tx, batch.campaign);
  const run = batch.runId === null ? null : await tx.findOneByOrFail(RunRow, { id: batch.runId });
  const asOf = batch.fallback ? dateIn(definition.timeZone, now) : run?.asOf;
  if (asOf == null) throw new Error(`batch ${batch.id} has no day to count from`);
  const first = sendDay(asOf);
  const contacts = [0, ...definition.flowDays].flatMap((day) =>
    recipients.map(({ customer }) => ({
      customer,
      sentOn: isoDate(first + day),
      mailing: flowMailing(batch.campaign, day),
    })),
  );
  await noteContacts(tx, contacts, { campaign: batch.campaign, batchId: batch.id });
}

async function openHandOff({ tx }: Act, batch: BatchRow, recipients: readonly BatchRecipient[]) {
  const handOff = {
    batchId: batch.id,
    file: `${batch.campaign}-${batch.week}-${batch.id}.csv`,
    digest: digestOf(mailFile(batch.campaign, recipients)),
    rows: recipients.length,
  };
  await tx.insert(HandOffRow, handOff);
  return handOff;
}
