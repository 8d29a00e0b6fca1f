import { digestOfJson } from '../audit/digest.ts';
import type { DataUseDeclaration } from '../domain/campaign.ts';
import { refuse } from '../domain/refusal.ts';
import { campaignOf, contractAt } from '../store/campaign.store.ts';
import { DataUseRow } from '../store/data-use.row.ts';
import { isUuid } from '../store/slice.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Command, Facts } from './execute.ts';
import { needNote } from './review-batch.ts';

export interface DecideInput {
  readonly id: string;
  readonly note: string | null;
}

/** Declares which columns are used, from which source, for which purpose, on which legal basis, until when. */
export const declareDataUse: Command<DataUseDeclaration & { readonly campaign: string }, DataUseRow> = {
  action: 'dataUse.declare',
  permission: 'dataUse.declare',
  about: ({ campaign }) => ({ campaign, subject: null }),
  async handle({ tx, now, actor, services }, { campaign, ...declaration }) {
    await campaignOf(tx, campaign);
    const contract = await contractAt(tx, campaign, now);
    const unknown = declaration.columns.filter(
      (name) => !contract.columns.some((column) => column.name === name),
    );
    if (declaration.columns.length === 0)
      refuse('BAD_INPUT', 'COLUMNS', 'A data use names at least one column.');
    if (new Set(declaration.columns).size < declaration.columns.length)
      refuse('BAD_INPUT', 'COLUMNS', 'A data use names each column once.');
    for (const field of ['source', 'purpose', 'legalBasis'] as const) {
      if (declaration[field].trim() === '')
        refuse('BAD_INPUT', field.toUpperCase(), `A data use says what its ${field} is.`);
    }
    if (unknown.length > 0)
      refuse('BAD_INPUT', 'COLUMNS', `The feed contract has no column ${unknown.join(', ')}.`);
    if (declaration.validUntil < now.toISOString().slice(0, 10))
      refuse('BAD_INPUT', 'VALID_UNTIL', 'The last day lies in the past.');
    const use = tx.create(DataUseRow, {
      id: services.ids.next(),
      campaign,
      ...declaration,
      columns: [...declaration.columns],
      status: 'DECLARED',
      declaredBy: actor.subject,
      declaredAt: now,
    });
    await tx.insert(DataUseRow, use);
    return {
      result: await tx.findOneByOrFail(DataUseRow, { id: use.id }),
      facts: factsOf(use, { before: null, after: use.status }),
    };
  },
};

/** Signs a declared data use off, by another person than the one who declared it. */
export const signOffDataUse: Command<DecideInput, DataUseRow> = {
  action: 'dataUse.signOff',
  permission: 'dataUse.decide',
  about: ({ id }) => ({ campaign: null, subject: id }),
  async handle({ tx, now, actor }, { id, note }) {
    const use = await lockDataUse(tx, id);
    if (use.status !== 'DECLARED')
      refuse('INVALID_STATE', 'DATA_USE_STATUS', `The data use is ${use.status}, not DECLARED.`);
    if (use.declaredBy === actor.subject)
      refuse('FOUR_EYES', 'ANOTHER_PERSON', 'Another person must sign off what you declared.');
    const decided = {
      status: 'SIGNED_OFF' as const,
      signedBy: actor.subject,
      signedAt: now,
      decidedBy: actor.subject,
      decidedAt: now,
      note,
    };
    await tx.update(DataUseRow, { id }, decided);
    return { result: { ...use, ...decided }, facts: decisionOn(use, decided) };
  },
};

/** Withdraws a sign-off, or refuses a declaration; from then on nothing is scored on it. */
export const withdrawDataUse: Command<DecideInput, DataUseRow> = {
  action: 'dataUse.withdraw',
  permission: 'dataUse.decide',
  about: ({ id }) => ({ campaign: null, subject: id }),
  async handle({ tx, now, actor }, { id, note }) {
    const use = await lockDataUse(tx, id);
    needNote(note ?? '');
    if (use.status !== 'SIGNED_OFF' && use.status !== 'DECLARED') {
      refuse('INVALID_STATE', 'DATA_USE_STATUS', `The data use is ${use.status} already.`);
    }
    if (use.status === 'DECLARED' && use.declaredBy === actor.subject) {
      refuse('FOUR_EYES', 'ANOTHER_PERSON', 'Another person must refuse what you declared.');
    }
    const status = use.status === 'DECLARED' ? ('REFUSED' as const) : ('WITHDRAWN' as const);
    const decided = { status, decidedBy: actor.subject, decidedAt: now, note };
    await tx.update(DataUseRow, { id }, decided);
    return { result: { ...use, ...decided }, facts: decisionOn(use, decided) };
  },
};

async function lockDataUse(tx: Transaction, id: string): Promise<DataUseRow> {
  const use = isUuid(id)
    ? await tx.findOne(DataUseRow, { where: { id }, lock: { mode: 'pessimistic_write' } })
    : null;
  return use ?? refuse('NOT_FOUND', 'DATA_USE', 'There is no such data use.');
}

function decisionOn(use: DataUseRow, decided: Pick<DataUseRow, 'status' | 'note'>): Facts {
  const { status, note } = decided;
  return factsOf(use, {
    declaredBy: use.declaredBy,
    before: use.status,
    after: status,
    status,
    reason: note,
  });
}

function factsOf(use: DataUseRow, more: NonNullable<Facts['details']>): Facts {
  const { campaign, id, columns, source, purpose, legalBasis, validUntil } = use;
  const declared = { columns, source, purpose, legalBasis, validUntil };
  return {
    campaign,
    subject: id,
    digest: digestOfJson({ campaign, ...declared }),
    details: { ...declared, ...more },
  };
}
