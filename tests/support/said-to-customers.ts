import type { ExplainedDecision } from '../../src/domain/explanation.ts';
import { type ExplanationText, explainInWords } from '../../src/domain/explanation-text.ts';
import type { Phrasebook, PhraseLanguage } from '../../src/domain/ports.ts';
import { labelOf } from '../../src/domain/wording.ts';

/** What no customer is told: in either language, because a slip into the other would be one too. */
const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  amount: /€|\bEUR\b|\beuros?\b/i,
  advice:
    /advi[sc]e|advies|adviseer|raden (wij )?(u )?aan|aanrader|aanbevel|recommend|suggest|u moet|u kunt het beste|you (should|must|had better)/i,
  persuasion:
    /profiteer|benut|grijp|mis (deze|uw|de) kans|wacht niet|(begin|start) (nu|vandaag|direct)|(start|begin|invest) (now|today)|don't miss|take advantage|hurry|opportunit/i,
  praise:
    /voordel|aantrekkelijk|interessant|uniek|exclusief|speciaal voor u|slim(me)?\b|attractive|interesting|unique|exclusive|just for you|benefit|smart/i,
  promise:
    /garand|garant|guarant|rendement|winst|opbrengst|\breturns?\b|profit|\bgains?\b|risk-free|zonder risico/i,
  suitability: /(past|geschikt|passend) (goed |perfect )?(bij|voor) u\b|(right|suitable|good|ideal) for you/i,
  watching:
    /wij (zagen|zien dat u|merkten)|we (saw|see that you|noticed)|geld (kwam )?binnen|money (came|coming) in|salaris|salary|vakantiegeld|holiday pay|inkomen|income/i,
  suspicion: /fraud|verdacht|verdenking|suspic|overle[dt]|overlijd|deceased|death|luwte|quiet list/i,
  regret: /helaas|unfortunately|\bsorry\b|het spijt/i,
  jargon:
    /shapley|feature|threshold|drempel|\bscore|capacit|config|percent|%|holdout|exploration|algorit|counterfactual/i,
};

/** The forbidden phrases of a text, each with why it is one. */
export function forbiddenIn(text: string): readonly string[] {
  return Object.entries(FORBIDDEN).flatMap(([why, phrase]) => {
    const found = phrase.exec(text)?.[0];
    return found === undefined ? [] : [`${why}: ${found}`];
  });
}

/** Everything that a customer's explanation says. */
export function saidToCustomer(
  phrases: Phrasebook,
  explained: ExplainedDecision,
  language: PhraseLanguage,
): string {
  const told: ExplanationText = explainInWords(phrases, explained, 'CUSTOMER', language);
  return [
    told.title,
    told.text,
    ...told.reasons.map(({ text }) => text),
    ...told.dataUsed.flatMap(({ label, purpose, source }) => [label, purpose, source]),
    ...told.dataNotUsed,
    told.legalBasis,
    told.objection,
    told.contact,
  ].join('\n');
}

/** The same without what is not ours to word (labels, purposes and contact of the campaign), dates, week and model. */
export function ownWords(said: string, explained: ExplainedDecision): string {
  const { campaign, contract, card, dataUses } = explained;
  const labels = [
    campaign.name,
    campaign.product,
    campaign.contact,
    campaign.objection,
    ...contract.columns.flatMap(({ label }) => label ?? []),
    ...card.features.map(({ label }) => label),
  ].flatMap(({ nl, en }) => [nl, en]);
  const recorded = dataUses.flatMap(({ purpose, source, legalBasis }) =>
    [purpose, source, legalBasis].flatMap((declared) => Object.values(labelOf(declared))),
  );
  return [...labels, ...recorded]
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, known) => text.replaceAll(wholly(known), '…'), said)
    .replaceAll(/: \S+, (versie|version) \S+\./g, '')
    .replaceAll(/week \d{1,2} (van|of) \d{4}/g, '')
    .replaceAll(/(?<!\d)\d{1,2} \p{L}+ \d{4}(?!\d)/gu, '');
}

/** Exactly this text, not as a part of a longer word. */
function wholly(text: string): RegExp {
  return new RegExp(`(?<!\\p{L})${text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?!\\p{L})`, 'gu');
}
