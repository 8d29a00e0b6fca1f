import { contributionTexts, counterfactualText, featureOf, strongest } from './explanation-contributions.ts';
import { freeFeatures } from './explanation-data.ts';
import { featureDisplay } from './explanation-display.ts';
import { decidingRules } from './explanation-rules.ts';
import { type Fate, fateOf, whyOf } from './explanation-story.ts';
import type { ExplanationWriter, Letter } from './explanation-writer.ts';
import { holdsOn } from './feature-override.ts';

const LARGEST = 3;

/** The explanation for the operator and compliance: every number that decided, as it stood that week. */
export function internalLetter(writer: ExplanationWriter): Letter {
  const { campaign, card, decision, config, week } = writer.explained;
  const fate = fateOf(writer.explained);
  return {
    title: writer.say('internal.title', {
      campaign: writer.inLanguage(campaign.name),
      week,
      outcome: decision.outcome,
    }),
    paragraphs: [
      writer.say(
        `internal.why.${whyOf(decision)}`,
        decision.outcome === 'NOT_ELIGIBLE' ? { count: decision.reasons.length } : {},
      ),
      ...(fate === null ? [] : [whatBecame(writer, fate)]),
      [writer.say('internal.rules', { config: String(config.number) }), ...decidingRules(writer)].join('\n'),
      ...score(writer),
      ...held(writer),
      writer.say('internal.model', { name: card.name, version: card.version, ...card.trained }),
    ],
  };
}

/** What became of whoever was to be mailed, with who removed them and why. */
export function whatBecame(writer: ExplanationWriter, fate: Fate): string {
  const { by = '', note = '' } = writer.explained.mail?.removal ?? {};
  const removal = fate === 'REMOVED' ? { by, note } : {};
  return writer.say(`internal.fate.${fate}`, { ...writer.dateOfFate(fate), ...removal });
}

/** The score, where it came from, and what would have turned the outcome; nothing for whoever was not scored. */
function score(writer: ExplanationWriter): readonly string[] {
  const { decision, config, facts } = writer.explained;
  if (facts.attribution === null || decision.score === null || decision.rank === null) return [];
  const { method, baseline, contributions } = facts.attribution;
  const error = Math.max(0, ...contributions.map(({ standardError }) => standardError ?? 0));
  return [
    writer.say('internal.score', {
      score: decision.score,
      threshold: config.settings.threshold,
      rank: decision.rank,
      capacity: config.settings.capacity,
      baseline,
    }),
    ...(['up', 'down'] as const).flatMap((direction) => largest(writer, direction)),
    writer.say('internal.method', { method, error }),
    counterfactualText(writer)?.text ??
      writer.say(`internal.${decision.arm === 'EXPLORATION' ? 'chance' : 'noCounterfactual'}`),
  ];
}

function largest(writer: ExplanationWriter, direction: 'up' | 'down'): readonly string[] {
  const free = new Set(freeFeatures(writer).map(({ name }) => name));
  const texts = contributionTexts(writer);
  const all = strongest(texts, direction, texts.length);
  const lines = all.slice(0, LARGEST).map(({ feature, label, display, contribution }) =>
    writer.say('internal.contribution', {
      label,
      display,
      contribution,
      held: free.has(feature) ? 'no' : 'yes',
    }),
  );
  if (lines.length === 0) return [];
  const lead = `internal.${direction}${all.length > lines.length ? 'Most' : ''}`;
  return [[writer.say(lead, { count: all.length }), ...lines].join('\n')];
}

/** The features that were held at a value for everyone that week. */
function held(writer: ExplanationWriter): readonly string[] {
  const { config, facts } = writer.explained;
  return config.settings.overrides
    .filter((override) => holdsOn(override, facts.asOf))
    .map(({ feature: name, value, expires, reason }) => {
      const feature = featureOf(writer, name);
      return writer.say('internal.held', {
        label: writer.inLanguage(feature.label),
        value: featureDisplay(writer, feature, value),
        until: writer.day(expires),
        reason,
      });
    });
}
