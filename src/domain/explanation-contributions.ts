import type { Outcome } from './decision.ts';
import type { Contribution, Counterfactual } from './explanation.ts';
import { columnLabel } from './explanation-data.ts';
import { columnDisplay, columnOf, featureDisplay } from './explanation-display.ts';
import type { ExplanationWriter } from './explanation-writer.ts';
import type { CardFeature } from './model-card.ts';

/** A feature's share in the score, as people read it. */
export interface ContributionText {
  readonly feature: string;
  readonly label: string;
  readonly value: number;
  readonly display: string;
  /** In units of the score. */
  readonly contribution: number;
  /** Of a sampled share; null where it is exact. */
  readonly standardError: number | null;
  readonly parts: readonly { readonly column: string; readonly label: string; readonly display: string }[];
}

export interface CounterfactualText {
  readonly feature: string;
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly scoreAfter: number;
  readonly outcomeAfter: Outcome;
  readonly text: string;
}

/** Every feature's share in the score, in card order, composites opened into their columns. */
export function contributionTexts(writer: ExplanationWriter): readonly ContributionText[] {
  const { attribution } = writer.explained.facts;
  return (attribution?.contributions ?? []).map(({ feature: name, value, parts, ...share }) => {
    const feature = featureOf(writer, name);
    return {
      feature: name,
      label: writer.inLanguage(feature.label),
      value,
      display: standsForMissing(feature, value, parts)
        ? writer.say('display.missing')
        : featureDisplay(writer, feature, value),
      contribution: share.contribution,
      standardError: share.standardError,
      parts: parts.map(({ column, value: part }) => ({
        column,
        label: columnLabel(writer, column),
        display: columnDisplay(writer, columnOf(writer, column) ?? { type: 'number' }, part),
      })),
    };
  });
}

/** Whether the value is the one that the recipe gives in place of one that the feed lacked. */
function standsForMissing({ recipe }: CardFeature, value: number, parts: Contribution['parts']): boolean {
  const isMissing = parts.some((part) => part.value === null);
  return isMissing && recipe.missing !== undefined && value === Math.fround(recipe.missing);
}

/** The change that turns the outcome, with its numbers; null where there is none. */
export function counterfactualText(writer: ExplanationWriter): CounterfactualText | null {
  const { counterfactual } = writer.explained.facts;
  if (counterfactual === null) return null;
  const feature = featureOf(writer, counterfactual.feature);
  const label = writer.inLanguage(feature.label);
  return { ...counterfactual, label, text: turningPoint(writer, feature, label, counterfactual) };
}

function turningPoint(
  writer: ExplanationWriter,
  feature: CardFeature,
  label: string,
  { from, to, scoreAfter, outcomeAfter }: Counterfactual,
): string {
  const { threshold } = writer.explained.config.settings;
  const isCrowdedOut = outcomeAfter === 'NOT_CHOSEN' && scoreAfter >= threshold;
  return writer.say(`internal.counterfactual${isCrowdedOut ? 'Capacity' : ''}`, {
    label,
    from: featureDisplay(writer, feature, from),
    to: featureDisplay(writer, feature, to),
    score: scoreAfter,
    outcome: outcomeAfter,
  });
}

/** The features that moved the score one way, those that moved it most first. */
export function strongest<T extends Pick<Contribution, 'contribution'>>(
  contributions: readonly T[],
  direction: 'up' | 'down',
  most: number,
): readonly T[] {
  const sign = direction === 'up' ? 1 : -1;
  return contributions
    .filter(({ contribution }) => contribution * sign > 0)
    .toSorted((a, b) => sign * (b.contribution - a.contribution))
    .slice(0, most);
}

/** A feature that the record names. Throws where the card of that week lacks it. */
export function featureOf({ explained }: ExplanationWriter, name: string): CardFeature {
  const feature = explained.card.features.find((one) => one.name === name);
  if (feature === undefined) throw new Error(`the card of the model has no feature ${name}`);
  return feature;
}
