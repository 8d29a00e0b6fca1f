import { digestOf } from '../audit/digest.ts';
import { needCustomer } from '../domain/customer.ts';
import { judgeRequest, judgeUnfinished } from '../domain/erasure.ts';
import { needNote } from '../domain/note.ts';
import { obey, refuse } from '../domain/refusal.ts';
import { holdCustomer } from '../store/customer-pseudonym.store.ts';
import { erasedAt, erasedCount } from '../store/erasure.reads.ts';
import {
  eraseCustomerRows,
  filesOfErasure,
  insertErasure,
  insertRequest,
  isOnRecord,
  requestsFor,
  unfinishedWith,
} from '../store/erasure.store.ts';
import type { RunRow } from '../store/run.row.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Act, Command } from './execute.ts';
import type { Services } from './services.ts';

export interface ErasureRequest {
  /** Id of the request. */
  readonly request: string;
  readonly customer: string;
}

/**
 * Asks for a customer to be erased; another person does it. Asking again changes nothing. The entry names the request and not the
 * customer: their name in the log must lead nowhere once they are erased.
 */
export const requestErasure: Command<{ customer: string; reason: string }, ErasureRequest> = {
  action: 'customer.requestErasure',
  permission: 'customer.requestErasure',
  about: () => ({ campaign: null, subject: null }),
  async handle({ tx, now, actor, services }, { customer, reason }) {
    needCustomer(customer);
    needNote(reason);
    await holdCustomer(tx, customer);
    await needOnRecord(tx, services, customer);
    const known = (await requestsFor(tx, customer)).find(({ requestedBy }) => requestedBy === actor.subject);
    const id = known?.id ?? services.ids.next();
    if (known === undefined) {
      await insertRequest(tx, { id, customer, requestedBy: actor.subject, requestedAt: now, reason });
    }
    const details = { again: known !== undefined, reason: digestOf(reason) };
    return { result: { request: id, customer }, facts: { campaign: null, subject: id, details } };
  },
};

export interface ErasedCustomer {
  readonly erasure: string;
  readonly customer: string;
  readonly erasedRows: number;
  /** What is left to erase for whoever owns the files. */
  readonly files: readonly string[];
}

/**
 * Erases a customer on another person's request: every row and salt of theirs, and the secret of their name in the log. Of each row
 * that a digest covers its hash stays, so that everything that was signed still verifies.
 */
export const eraseCustomer: Command<
  { customer: string; requestedBy: string; reason: string },
  ErasedCustomer
> = {
  action: 'customer.erase',
  permission: 'customer.erase',
  about: ({ requestedBy }) => ({ campaign: null, subject: null, details: { requestedBy } }),
  async handle(act, input) {
    const { tx, actor, services } = act;
    const { customer, requestedBy, reason } = input;
    needCustomer(customer);
    needNote(reason);
    // The reason stays with the erasure: it must not lead to whom it was.
    if (reason.split(/[^A-Za-z0-9_-]+/).includes(customer))
      refuse('BAD_INPUT', 'REASON', 'The reason must not name the customer.');
    // Of two erasures at once, the second waits and then finds the customer erased.
    await holdCustomer(tx, customer);
    await needOnRecord(tx, services, customer);
    const requests = await requestsFor(tx, customer);
    obey(
      judgeRequest(
        actor.subject,
        requestedBy,
        requests.map((request) => request.requestedBy),
      ),
    );
    obey(judgeUnfinished(await unfinishedWith(tx, customer)));
    return erase(act, input, requests.find((request) => request.requestedBy === requestedBy)?.id ?? null);
  },
};

async function erase(
  { tx, now, actor, services }: Act,
  { customer, requestedBy, reason }: { customer: string; requestedBy: string; reason: string },
  request: string | null,
) {
  const erasure = services.ids.next();
  const erasedRows = await eraseCustomerRows(tx, erasure, customer);
  const tombstone = services.tombstoneOf(customer);
  const digest = await insertErasure(
    tx,
    { id: erasure, erasedAt: now, erasedBy: actor.subject, requestedBy, reason, tombstone },
    erasedRows,
  );
  const files = await filesOfErasure(tx, erasure);
  const details = { requestedBy, request, reason: digestOf(reason), rows: erasedRows, files };
  return {
    result: { erasure, customer, erasedRows, files },
    facts: { campaign: null, subject: erasure, digest, details },
  };
}

/** Refuses ERASED, with the day, for a customer who was erased and of whom nothing came on record since. */
export async function refuseErased(tx: Transaction, services: Services, customer: string): Promise<void> {
  const at = await erasedAt(tx, services.tombstoneOf(customer));
  if (at === null) return;
  const day = at.toISOString().slice(0, 10);
  refuse('ERASED', 'CUSTOMER_ERASED', `This customer was erased on ${day}.`);
}

async function needOnRecord(tx: Transaction, services: Services, customer: string): Promise<void> {
  if (await isOnRecord(tx, customer)) return;
  await refuseErased(tx, services, customer);
  refuse('NOT_FOUND', 'CUSTOMER', 'Nothing is on record of this customer.');
}

/** Refuses ERASED, with the day, when the decisions of a run were erased as a whole because their period had passed. */
export async function refuseErasedRun(tx: Transaction, run: Pick<RunRow, 'id' | 'week'>): Promise<void> {
  const { allSince } = await erasedCount(tx, 'decision', run.id);
  if (allSince === null) return;
  const day = allSince.toISOString().slice(0, 10);
  refuse('ERASED', 'RETENTION', `The decisions of ${run.week} were past their period and erased on ${day}.`);
}

/** Refuses ERASED, with the day, when the frozen rows of a run were erased as a whole because their period had passed. */
export async function refuseErasedSnapshot(tx: Transaction, run: Pick<RunRow, 'id' | 'week'>): Promise<void> {
  const { allSince } = await erasedCount(tx, 'snapshot', run.id);
  if (allSince === null) return;
  const day = allSince.toISOString().slice(0, 10);
  refuse('ERASED', 'RETENTION', `The feed of ${run.week} was past its period and erased on ${day}.`);
}
