import type { Contribution } from './explanation.ts';
import { featureOf, strongest } from './explanation-contributions.ts';
import { columnLabel, columnsEstimatedFrom, freeFeatures, lookedAt, sources } from './explanation-data.ts';
import { isOrdered } from './explanation-display.ts';
import type { ExplanationWriter } from './explanation-writer.ts';
import type { CardFeature } from './model-card.ts';
import { columnsOf } from './recipe.ts';

/** A feature that moved the score by less than this part of all movement did not tip the balance. */
const TIPS = 0.05;
const MOST_TOLD = 3;

/** For the customer: the model of the week, the kinds of data, what tipped the balance, and what would have changed the outcome. */
export function estimate(writer: ExplanationWriter): readonly string[] {
  const { card, facts } = writer.explained;
  const market = freeFeatures(writer).filter(({ recipe }) => 'fundChange' in recipe);
  const columns = columnsEstimatedFrom(writer).map((name) => columnLabel(writer, name));
  return [
    writer.say('customer.model', { name: card.name, version: card.version }),
    writer.items(writer.say('customer.used', { date: writer.day(facts.asOf), sources: sources(writer) }), [
      ...columns,
      ...market.map((feature) => toldAs(writer, feature)),
    ]),
    writer.items(writer.say('customer.checked'), lookedAt(writer)),
    ...balance(writer),
    counterfactual(writer),
  ];
}

/** For the customer of whom no estimate was made: what was looked at instead. */
export function checkedOnly(writer: ExplanationWriter): string {
  const date = writer.day(writer.explained.facts.asOf);
  return writer.items(writer.say('customer.checkedOnly', { date }), lookedAt(writer));
}

function balance(writer: ExplanationWriter): readonly string[] {
  const contributions = writer.explained.facts.attribution?.contributions ?? [];
  const movement = contributions.reduce((sum, { contribution }) => sum + Math.abs(contribution), 0);
  const free = new Set(freeFeatures(writer).map(({ name }) => name));
  const sure = contributions.filter((one) => free.has(one.feature) && isSure(one));
  const tipping = sure.filter(({ contribution }) => Math.abs(contribution) >= TIPS * movement);
  const told = (['up', 'down'] as const).flatMap((direction) => {
    const features = strongest(tipping, direction, MOST_TOLD);
    if (features.length === 0) return [];
    const texts = new Set(features.map(({ feature }) => toldAs(writer, featureOf(writer, feature))));
    const isAll = features.length === strongest(sure, direction, sure.length).length;
    const lead = writer.say(`customer.${direction}${isAll ? '' : 'Most'}`, { count: texts.size });
    return [writer.items(lead, [...texts])];
  });
  return told.length === 0
    ? [writer.say('customer.nothingTipped')]
    : [...told, writer.say('customer.compared')];
}

/** A sampled contribution within two standard errors of 0 may have gone the other way. */
function isSure({ contribution, standardError }: Contribution): boolean {
  return standardError === null || Math.abs(contribution) > 2 * standardError;
}

function counterfactual(writer: ExplanationWriter): string {
  const { decision, facts } = writer.explained;
  const change = facts.counterfactual;
  if (change === null) {
    return writer.say(`customer.${decision.arm === 'EXPLORATION' ? 'chance' : 'noCounterfactual'}`);
  }
  const feature = featureOf(writer, change.feature);
  const way = change.to > change.from ? 'HIGHER' : 'LOWER';
  return writer.say('customer.counterfactual', {
    label: toldAs(writer, feature),
    direction: isOrdered(writer, feature) ? way : 'OTHER',
    outcome: change.outcomeAfter,
  });
}

/** A feature by its label; a composite with what is in it, the market as the same for everyone. */
function toldAs(writer: ExplanationWriter, { label: text, recipe }: CardFeature): string {
  const label = writer.inLanguage(text);
  if ('fundChange' in recipe) return writer.say('customer.everyone', { label });
  if (!('weighted' in recipe)) return label;
  const parts = writer.list(columnsOf(recipe).map((name) => columnLabel(writer, name)));
  return writer.say('customer.opened', { label, parts });
}
