import type { Outcome, Reason } from './decision.ts';
import type { Audience, ExplainedDecision } from './explanation.ts';
import type { Phrasebook, PhraseLanguage } from './ports.ts';
import type { IsoDate } from './week.ts';

/** The version of the texts that this release writes explanations with; a folder of texts holds the earlier ones too. */
export const EXPLANATION_TEXTS = 'explanation/1';

/** A feature's share in the score, as people read it. */
export interface ContributionText {
  readonly feature: string;
  readonly label: string;
  readonly value: number;
  readonly display: string;
  /** In units of the score. */
  readonly contribution: number;
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
  readonly dataUsed: readonly {
    readonly label: string;
    readonly purpose: string;
    readonly source: string;
    readonly asOf: IsoDate;
  }[];
  readonly dataNotUsed: readonly string[];
  readonly legalBasis: string;
  readonly objection: string;
  readonly contact: string;
}

/** Writes why a decision fell as it did. Purposes, sources and legal bases stand as the campaign recorded them, in one language. */
export function explainInWords(
  phrases: Phrasebook,
  explained: ExplainedDecision,
  _audience: Audience,
  language: PhraseLanguage,
): ExplanationText {
  return {
    title: phrases.say(language, `title.${explained.decision.outcome}`, {
      campaign: explained.campaign.name[language],
      week: explained.week,
    }),
    text: '',
    reasons: [],
    contributions: [],
    counterfactual: null,
    dataUsed: [],
    dataNotUsed: [],
    legalBasis: '',
    objection: explained.campaign.objection[language],
    contact: explained.campaign.contact[language],
  };
}
