import { digestOf } from '../../audit/digest.ts';
import { pseudonymOf } from '../../audit/pseudonym.ts';
import { mailFile } from '../../domain/batch.ts';
import { BatchRow } from '../../store/batch.row.ts';
import { currentDigest, recipientsOf } from '../../store/batch.store.ts';
import { type ErasedRows, erasedRows } from '../../store/erasure.reads.ts';
import {
  misclaimed,
  type NamedRow,
  placesOf,
  removedRecipients,
  reviewedItems,
  strangeContact,
  undecidedRecipient,
} from '../../store/recorded-batches.reads.ts';
import type { StateRow } from '../../store/recorded-state.reads.ts';
import { compareRows, type FoundRow } from './compare-rows.ts';
import type { ClaimFields } from './record-claims.ts';
import { type RecordFault, recordFault } from './record-fault.ts';
import type { RecordWalk, WalkPart } from './record-walk.ts';
import { walkTable } from './walk-state.ts';

/** Every batch: who is in it, what was said of each of them, what was approved and released, and the file that went out. */
export const walkBatches: WalkPart = async (walk) => {
  const { tx, claims } = walk;
  const erased = new Map<string, ErasedRows>();
  for (const id of claims.all('batch').keys()) erased.set(id, await erasedRows(tx, 'recipient', id));
  for (const [id, gone] of erased) {
    const found = await walkRecipients(walk, id, gone);
    if (found !== undefined) return found;
  }
  const found = await walkTable(walk, 'batch', async (row) => {
    const batch = await tx.findOneByOrFail(BatchRow, { id: row.id });
    return erased.get(row.id)?.all === true ? row : { ...row, content: await currentDigest(tx, batch) };
  });
  if (found !== undefined) return found;
  const handOff = await walkTable(walk, 'hand_off', (row) => handOffContent(walk, row, erased.get(row.id)));
  return handOff ?? (await walkOutbox(walk)) ?? (await walkClaimed(walk));
};

async function walkRecipients(
  walk: RecordWalk,
  batchId: string,
  erased: ErasedRows,
): Promise<RecordFault | undefined> {
  const { tx, claims, counts } = walk;
  const places = await placesOf(tx, 'recipient', batchId);
  const gone = erased.all ? 0 : erased.hashes.size;
  counts.recipients += places.length;
  counts.erased += gone;
  const sample = await erasedRows(tx, 'sample_item', batchId);
  const found =
    placeFault(walk, batchId, ['recipient', 'drawn', 0], places, erased) ??
    placeFault(
      walk,
      batchId,
      ['sample_item', 'sample', 1],
      await placesOf(tx, 'sample_item', batchId),
      sample,
    );
  if (found !== undefined) return found;
  const runId = claims.value('batch', batchId, 'runId');
  if (typeof runId === 'string' && !(await erasedRows(tx, 'decision', runId)).all) {
    const row = await undecidedRecipient(tx, batchId, runId);
    const entry = claims.of('batch', batchId)?.entry ?? null;
    if (row !== undefined)
      return recordFault('recipient', batchId, 'DIFFERS', 'the run did not decide so', { row, entry });
  }
  return (
    (await walkNamed(walk, batchId, 'recipient', await removedRecipients(tx, batchId), erased, (row) => ({
      removedBy: row.removedBy,
      removedAt: row.removedAt.toISOString(),
      reason: digestOf(row.note),
    }))) ??
    (await walkNamed(walk, batchId, 'sample_item', await reviewedItems(tx, batchId), sample, (row) => ({
      verdict: row.verdict,
      reviewer: row.reviewer,
      reason: row.note === null ? null : digestOf(row.note),
    })))
  );
}

/** Places from `first` on, without gaps but those of an erasure, as many as were drawn. */
function placeFault(
  { claims }: RecordWalk,
  batchId: string,
  [table, field, first]: readonly [table: string, field: string, first: number],
  places: readonly number[],
  erased: ErasedRows,
): RecordFault | undefined {
  const said = claims.of('batch', batchId)?.fields.get(field);
  if (typeof said?.value !== 'number' || erased.all) return undefined;
  const { value: count, entry } = said;
  const there = new Set(places);
  for (let row = first; row < first + count; row++) {
    if (!there.has(row) && !erased.hashes.has(row))
      return recordFault(table, batchId, 'MISSING', 'the row is missing and no erasure says why', {
        row,
        entry,
      });
  }
  const row = places.find((place) => place < first || place >= first + count);
  if (row === undefined) return undefined;
  return recordFault(table, batchId, 'UNSPOKEN', `${count} were drawn`, { row, entry });
}

/** What was said of single customers of a batch, by their names in the log. */
async function walkNamed<R extends NamedRow>(
  { claims }: RecordWalk,
  batchId: string,
  table: 'recipient' | 'sample_item',
  found: readonly R[],
  erased: ErasedRows,
  fieldsOf: (row: R) => ClaimFields,
): Promise<RecordFault | undefined> {
  const rows: FoundRow[] = [];
  for (const row of found) {
    if (row.secret === null)
      return recordFault(table, batchId, 'MISSING', 'the secret of the name in the log is gone', {
        row: row.place,
      });
    rows.push({ id: pseudonymOf(row.secret, row.customer), fields: fieldsOf(row) });
  }
  // Whoever was erased has no row and no name any more.
  const gone = erased.all || erased.hashes.size > 0;
  return compareRows(`${table} ${batchId}`, rows, claims, () => gone);
}

async function handOffContent(
  { tx }: RecordWalk,
  row: StateRow,
  erased: ErasedRows | undefined,
): Promise<StateRow> {
  // Without everyone who was in it, the file cannot be written again; its digest stays.
  if (erased === undefined || erased.all || erased.hashes.size > 0) return row;
  const { campaign } = await tx.findOneByOrFail(BatchRow, { id: row.id });
  return { ...row, content: digestOf(mailFile(campaign, await recipientsOf(tx, row.id))) };
}

async function walkOutbox({ claims, outbox }: RecordWalk): Promise<RecordFault | undefined> {
  if (outbox === null) return undefined;
  for (const [id, { fields }] of claims.all('hand_off')) {
    const file = fields.get('file');
    const campaign = claims.value('batch', id, 'campaign');
    if (typeof file?.value !== 'string' || typeof campaign !== 'string') continue;
    const bytes = await outbox(campaign, file.value);
    if (bytes === null || digestOf(bytes) === fields.get('digest')?.value) continue;
    const message = 'the file in the outbox is not the one that was released';
    return recordFault('outbox', file.value, 'DIGEST', message, { entry: file.entry });
  }
  return undefined;
}

async function walkClaimed({ tx, claims }: RecordWalk): Promise<RecordFault | undefined> {
  const claimed = await misclaimed(tx);
  const entryOf = (batch: string) => claims.of('hand_off', batch)?.entry ?? null;
  if (claimed !== undefined) {
    const { batch, place } = claimed;
    const where = { entry: entryOf(batch), ...(place === null ? {} : { row: place }) };
    return place === null
      ? recordFault('released_recipient', batch, 'UNSPOKEN', 'the batch did not release this customer', where)
      : recordFault('released_recipient', batch, 'MISSING', 'the recipient was released', where);
  }
  const contact = await strangeContact(tx);
  return contact === undefined
    ? undefined
    : recordFault('contact', contact, 'UNSPOKEN', 'the batch did not release this customer', {
        entry: entryOf(contact),
      });
}
