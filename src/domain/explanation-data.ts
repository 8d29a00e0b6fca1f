import { columnOf } from './explanation-display.ts';
import type { ExplanationWriter } from './explanation-writer.ts';
import { overridesInForce } from './feature.ts';
import { FORBIDDEN_KINDS } from './forbidden-data.ts';
import { type CardFeature, columnsOfCard } from './model-card.ts';
import type { IsoDate } from './week.ts';
import { labelOf } from './wording.ts';

/** What data were used for; purpose and source as they were declared, in the reader's language where it was declared in both. */
export interface DataUsedText {
  readonly label: string;
  readonly purpose: string;
  readonly source: string;
  readonly asOf: IsoDate;
}

/** What the eligibility columns tell, in the phrases of `data.column`; some of the bank's notes are not told apart. */
const COLUMN_PHRASES: Readonly<Record<string, string>> = {
  is_private: 'is_private',
  holds_product: 'holds_product',
  opt_in: 'opt_in',
  opt_in_on: 'opt_in',
  opted_out: 'opted_out',
  relationship_ended: 'relationship_ended',
  address_bounced: 'address_bounced',
  deceased: 'notes',
  fraud_flag: 'notes',
  age: 'age',
};

/** The features that the model took as they were computed; the others were held at a value for everyone. */
export function freeFeatures({ explained }: ExplanationWriter): readonly CardFeature[] {
  const { card, config, facts } = explained;
  const held = overridesInForce(card.features, facts.asOf, config.settings.overrides);
  return card.features.filter(({ name }) => !held.has(name));
}

/** The columns that the estimate of this customer was made from; none where none was made. */
export function columnsEstimatedFrom(writer: ExplanationWriter): readonly string[] {
  if (writer.explained.decision.score === null) return [];
  return columnsOfCard({ ...writer.explained.card, features: freeFeatures(writer) });
}

/** What was looked at to see whether a mail may be sent, in words; opt-outs, quiet list and mails are the service's own. */
export function lookedAt(writer: ExplanationWriter): readonly string[] {
  const columns = columnsOfRules(writer).flatMap((name) => COLUMN_PHRASES[name] ?? []);
  return [...new Set([...columns, 'opted_out', 'mails', 'notes'])].map((one) =>
    writer.say(`data.column.${one}`),
  );
}

export function columnLabel(writer: ExplanationWriter, name: string): string {
  const label = columnOf(writer, name)?.label;
  if (label !== undefined) return writer.inLanguage(label);
  const phrase = COLUMN_PHRASES[name];
  return phrase === undefined ? name : writer.say(`data.column.${phrase}`);
}

/** The data uses of what this customer's data were used for, and the check whether a mail may be sent. */
export function dataUsed(writer: ExplanationWriter): readonly DataUsedText[] {
  const { asOf } = writer.explained.facts;
  return [
    ...usesOf(writer).map(({ columns, purpose, source }) => ({
      label: writer.list([...new Set(columns.map((name) => columnLabel(writer, name)))]),
      purpose,
      source,
      asOf,
    })),
    {
      label: writer.say('data.eligibility', { columns: writer.list(lookedAt(writer)) }),
      purpose: writer.say('data.eligibilityPurpose'),
      source: writer.say('data.eligibilitySource'),
      asOf,
    },
  ];
}

/** The kinds of data that no feed gets in with: a delivery that has one is refused as a whole. */
export function dataNotUsed(writer: ExplanationWriter): readonly string[] {
  return FORBIDDEN_KINDS.map((kind) => writer.say(`data.never.${kind.replace(/\W/g, '_')}`));
}

/**
 * The legal bases as they were recorded, and the consent; for whoever no estimate was made of, that. Of a draw, for which none was
 * made, the bases of what its rules read.
 */
export function legalBasis(writer: ExplanationWriter): string {
  const { decision, drawn } = writer.explained;
  if (drawn === undefined && decision.score === null) return writer.say('data.noProfile');
  const bases = basesOf(writer);
  return [
    ...(bases.length === 0 ? [] : [writer.say('data.legalBasis', { bases: bases.join('; ') })]),
    consent(writer),
  ].join(' ');
}

/** The paragraph on the legal basis; where none is recorded, the consent alone. */
export function legalBasisTold(writer: ExplanationWriter): string {
  const phrase = basesOf(writer).length === 0 ? 'customer.consentAlone' : 'customer.legalBasis';
  return writer.say(phrase, { basis: legalBasis(writer) });
}

/** Each once, as the data uses have it. */
function basesOf(writer: ExplanationWriter): readonly string[] {
  const uses =
    writer.explained.drawn === undefined ? usesOf(writer) : usesFor(writer, columnsOfRules(writer));
  return [...new Set(uses.map(({ legalBasis }) => withoutStop(legalBasis)))];
}

/** The columns that the rules of eligibility read. */
function columnsOfRules({ explained }: ExplanationWriter): readonly string[] {
  return explained.contract.columns
    .filter(({ category, name }) => category === 'eligibility' || name === 'age')
    .map(({ name }) => name);
}

function consent(writer: ExplanationWriter): string {
  const { consentedOn } = writer.explained.facts;
  if (consentedOn === null) return writer.say('data.consent');
  return writer.say('data.consentOn', { date: writer.day(consentedOn) });
}

/** A recorded text that a phrase puts a full stop behind. */
export function withoutStop(text: string): string {
  return text.trim().replace(/\.$/, '');
}

/** Where the data came from, as the data uses have it. */
export function sources(writer: ExplanationWriter): string {
  return writer.list([...new Set(usesOf(writer).map(({ source }) => source))]);
}

function usesOf(writer: ExplanationWriter) {
  const checked = writer.explained.contract.columns.filter(({ category }) => category === 'eligibility');
  return usesFor(writer, [...columnsEstimatedFrom(writer), ...checked.map(({ name }) => name)]);
}

/** The data uses that cover some of the columns, each with those. */
function usesFor(writer: ExplanationWriter, used: readonly string[]) {
  return writer.explained.dataUses
    .map(({ columns, source, purpose, legalBasis }) => ({
      columns: columns.filter((name) => used.includes(name)),
      source: writer.inLanguage(labelOf(source)),
      purpose: writer.inLanguage(labelOf(purpose)),
      legalBasis: writer.inLanguage(labelOf(legalBasis)),
    }))
    .filter(({ columns }) => columns.length > 0);
}
