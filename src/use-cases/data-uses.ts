import { digestOfJson } from '../audit/digest.ts';
import type { DataUseDeclaration } from '../domain/campaign.ts';
import { statusOn } from '../domain/data-use.ts';
import { checkNote, needNote } from '../domain/note.ts';
import { refuse } from '../domain/refusal.ts';
import { dateIn } from '../domain/week.ts';
import { inAllLanguages, labelOf } from '../domain/wording.ts';
import { campaignOf, lockCampaign } from '../store/campaign.store.ts';
import { DataUseRow } from '../store/data-use.row.ts';
import { lockDataUse } from '../store/data-use.store.ts';
import { reportUncovered } from './data-use-cover.ts';
import { type DataUseImpact, impactOf } from './data-use-impact.ts';
import type { DecideInput } from './decide-input.ts';
import type { Act, Command, Facts } from './execute.ts';
import { offeredColumns } from './offered-columns.ts';

/** A data use that was withdrawn, and what that stops. */
export interface WithdrawnDataUse {
  readonly use: DataUseRow;
  readonly impact: DataUseImpact;
}

/** Declares which columns are used, from which source, for which purpose, on which legal basis, until when. */
export const declareDataUse: Command<DataUseDeclaration & { readonly campaign: string }, DataUseRow> = {
  action: 'dataUse.declare',
  permission: 'dataUse.declare',
  about: ({ campaign }) => ({ campaign, subject: null }),
  async handle({ tx, now, actor, services }, { campaign, ...declaration }) {
    const { definition } = await campaignOf(tx, campaign);
    const offered = await offeredColumns(tx, campaign);
    const unknown = declaration.columns.filter((name) => !offered.has(name));
    if (declaration.columns.length === 0)
      refuse('BAD_INPUT', 'COLUMNS', 'A data use names at least one column.');
    if (new Set(declaration.columns).size < declaration.columns.length)
      refuse('BAD_INPUT', 'COLUMNS', 'A data use names each column once.');
    for (const field of ['source', 'purpose', 'legalBasis'] as const) {
      const { nl, en } = labelOf(declaration[field]);
      if (nl.trim() === '' || en.trim() === '')
        refuse('BAD_INPUT', field.toUpperCase(), `A data use says what its ${field} is.`);
    }
    if (unknown.length > 0)
      refuse('BAD_INPUT', 'COLUMNS', `The feed contract has no column ${unknown.join(', ')}.`);
    if (declaration.validUntil < dateIn(definition.timeZone, now))
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
  async handle(act, { id, note }) {
    const use = await toDecide(act, id);
    checkNote(note);
    const { definition } = await campaignOf(act.tx, use.campaign);
    if (use.validUntil < dateIn(definition.timeZone, act.now))
      refuse('INVALID_STATE', 'VALID_UNTIL', `The data use was declared until ${use.validUntil}.`);
    const signed = { signedBy: act.actor.subject, signedAt: act.now, signedNote: note };
    const decided = { status: 'SIGNED_OFF' as const, ...signed, ...decisionOf(act, note) };
    await act.tx.update(DataUseRow, { id }, decided);
    return { result: { ...use, ...decided }, facts: decisionOn(use, decided, { signedNote: note }) };
  },
};

/** Refuses a declared data use, with a note why, by another person than the one who declared it. */
export const refuseDataUse: Command<DecideInput, DataUseRow> = {
  action: 'dataUse.refuse',
  permission: 'dataUse.decide',
  about: ({ id }) => ({ campaign: null, subject: id }),
  async handle(act, { id, note }) {
    const use = await toDecide(act, id);
    needNote(note ?? '');
    const decided = { status: 'REFUSED' as const, ...decisionOf(act, note) };
    await act.tx.update(DataUseRow, { id }, decided);
    return { result: { ...use, ...decided }, facts: decisionOn(use, decided, {}) };
  },
};

/**
 * Withdraws a sign-off, with a note why: from its commit on nothing is scored under it. An incident is opened where the live model
 * needs what it covered. A data use that is only declared is refused.
 */
export const withdrawDataUse: Command<DecideInput, WithdrawnDataUse> = {
  action: 'dataUse.withdraw',
  permission: 'dataUse.decide',
  about: ({ id }) => ({ campaign: null, subject: id }),
  async handle(act, { id, note }) {
    const { tx, now, actor, services } = act;
    const use = await held(act, id);
    const campaign = await lockCampaign(tx, use.campaign);
    needNote(note ?? '');
    const status = statusOn(use, dateIn(campaign.definition.timeZone, now));
    if (status !== 'SIGNED_OFF' && status !== 'DECLARED')
      refuse('INVALID_STATE', 'DATA_USE_STATUS', `The data use is ${status} already.`);
    if (status === 'DECLARED' && use.declaredBy === actor.subject)
      refuse('FOUR_EYES', 'ANOTHER_PERSON', 'Another person must refuse what you declared.');
    const impact = await impactOf(tx, use, now);
    const after = status === 'DECLARED' ? ('REFUSED' as const) : ('WITHDRAWN' as const);
    const decided = { status: after, ...decisionOf(act, note) };
    await tx.update(DataUseRow, { id }, decided);
    if (impact.campaigns.length > 0) await reportUncovered(tx, services, campaign, now);
    const stops = {
      uncovered: impact.columns,
      models: impact.models.map(({ name, version, digest }) => `${name} ${version} ${digest}`),
    };
    return {
      result: { use: { ...use, ...decided }, impact },
      facts: decisionOn(use, decided, stops),
    };
  },
};

/** Takes a declaration back that nobody has decided on, with a note why: by the person who declared it. */
export const withdrawDeclaration: Command<DecideInput, DataUseRow> = {
  action: 'dataUse.withdraw',
  permission: 'dataUse.declare',
  about: ({ id }) => ({ campaign: null, subject: id }),
  async handle(act, { id, note }) {
    const use = await held(act, id);
    needNote(note ?? '');
    mustBeDeclared(use);
    if (use.declaredBy !== act.actor.subject)
      refuse('INVALID_STATE', 'DECLARED_BY', 'A declaration is taken back by the person who made it.');
    const decided = { status: 'WITHDRAWN' as const, ...decisionOf(act, note) };
    await act.tx.update(DataUseRow, { id }, decided);
    return {
      result: { ...use, ...decided },
      facts: decisionOn(use, decided, { uncovered: [], models: [] }),
    };
  },
};

async function held({ tx }: Act, id: string): Promise<DataUseRow> {
  return (await lockDataUse(tx, id)) ?? refuse('NOT_FOUND', 'DATA_USE', 'There is no such data use.');
}

/** A declared data use, held, for somebody else than who declared it. */
async function toDecide(act: Act, id: string): Promise<DataUseRow> {
  const use = await held(act, id);
  mustBeDeclared(use);
  if (use.declaredBy === act.actor.subject)
    refuse('FOUR_EYES', 'ANOTHER_PERSON', 'Another person must decide on what you declared.');
  return use;
}

function mustBeDeclared({ status }: DataUseRow): void {
  if (status !== 'DECLARED')
    refuse('INVALID_STATE', 'DATA_USE_STATUS', `The data use is ${status}, not DECLARED.`);
}

function decisionOf({ actor, now }: Act, note: string | null) {
  return { decidedBy: actor.subject, decidedAt: now, note };
}

function decisionOn(
  use: DataUseRow,
  { status, note }: Pick<DataUseRow, 'status' | 'note'>,
  more: NonNullable<Facts['details']>,
): Facts {
  const change = { declaredBy: use.declaredBy, before: use.status, after: status, status, reason: note };
  return factsOf(use, { ...change, ...more });
}

function factsOf(use: DataUseRow, more: NonNullable<Facts['details']>): Facts {
  const { campaign, id, columns, source, purpose, legalBasis, validUntil } = use;
  const declared = { columns, source, purpose, legalBasis, validUntil };
  return {
    campaign,
    subject: id,
    digest: digestOfJson({ campaign, ...declared }),
    details: {
      ...declared,
      source: inAllLanguages(source),
      purpose: inAllLanguages(purpose),
      legalBasis: inAllLanguages(legalBasis),
      ...more,
    },
  };
}
