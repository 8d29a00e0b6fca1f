import type { Reason } from './decision.ts';
import type { Audience, ExplainedDecision } from './explanation.ts';
import {
  type ContributionText,
  type CounterfactualText,
  contributionTexts,
  counterfactualText,
} from './explanation-contributions.ts';
import { customerLetter } from './explanation-customer.ts';
import { type DataUsedText, dataNotUsed, dataUsed, legalBasis } from './explanation-data.ts';
import { drawnLetter, letterBesideDraw } from './explanation-drawn.ts';
import { internalLetter } from './explanation-internal.ts';
import { reasonsTold } from './explanation-story.ts';
import { ExplanationWriter, type Letter } from './explanation-writer.ts';
import type { Phrasebook, PhraseLanguage } from './ports.ts';

/** The version of the texts that this release writes explanations with; a folder of texts holds the earlier ones too. */
export const EXPLANATION_TEXTS = 'explanation/1';

/** An explanation in one language for one audience. */
export interface ExplanationText {
  readonly title: string;
  /** Ready to send: paragraphs with an empty line between them. */
  readonly text: string;
  /** The decisive one first; for CUSTOMER without those that the customer is not told (docs/compliance.md). */
  readonly reasons: readonly { readonly reason: Reason; readonly text: string }[];
  /** In card order; none for CUSTOMER. */
  readonly contributions: readonly ContributionText[];
  /** Null for CUSTOMER, whose text has it in words. */
  readonly counterfactual: CounterfactualText | null;
  readonly dataUsed: readonly DataUsedText[];
  readonly dataNotUsed: readonly string[];
  readonly legalBasis: string;
  readonly objection: string;
  readonly contact: string;
}

/**
 * Writes why a decision fell as it did, for those inside with every number, for the customer in plain words. Purposes,
 * sources and legal bases stand as the campaign recorded them, in one language.
 */
export function explainInWords(
  phrases: Phrasebook,
  explained: ExplainedDecision,
  audience: Audience,
  language: PhraseLanguage,
): ExplanationText {
  const writer = new ExplanationWriter(phrases, explained, language);
  const internal = audience === 'INTERNAL';
  const { title, paragraphs } = letterOf(writer, audience, phrases, language);
  return {
    title,
    text: paragraphs.join('\n\n'),
    reasons: reasonsTold(explained, audience).map((reason) => ({
      reason,
      text: writer.say(
        internal && explained.drawn !== undefined && reason === 'RANDOM_EXPLORATION'
          ? 'drawn.INTERNAL.reason'
          : `reason.${audience}.${reason}`,
      ),
    })),
    contributions: internal ? contributionTexts(writer) : [],
    counterfactual: internal ? counterfactualText(writer) : null,
    dataUsed: dataUsed(writer),
    dataNotUsed: dataNotUsed(writer),
    legalBasis: legalBasis(writer),
    objection: writer.inLanguage(explained.campaign.objection),
    contact: writer.inLanguage(explained.campaign.contact),
  };
}

function letterOf(
  writer: ExplanationWriter,
  audience: Audience,
  phrases: Phrasebook,
  language: PhraseLanguage,
): Letter {
  const { drawn, beside } = writer.explained;
  if (drawn !== undefined) return drawnLetter(writer, audience);
  if (beside !== undefined) {
    return letterBesideDraw(writer, new ExplanationWriter(phrases, beside, language), audience);
  }
  return audience === 'INTERNAL' ? internalLetter(writer) : customerLetter(writer);
}
