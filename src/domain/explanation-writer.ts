import type { ExplainedDecision } from './explanation.ts';
import type { Fate } from './explanation-story.ts';
import type { Label } from './feed-contract.ts';
import type { Phrasebook, PhraseLanguage } from './ports.ts';
import { dateIn, type IsoDate } from './week.ts';

/** The English of Europe: day before month, no comma before the last of a list. */
const LISTS: Readonly<Record<PhraseLanguage, Intl.ListFormat>> = {
  nl: new Intl.ListFormat('nl-NL'),
  en: new Intl.ListFormat('en-GB'),
};

/** An explanation as it is read from top to bottom. */
export interface Letter {
  readonly title: string;
  readonly paragraphs: readonly string[];
}

/** What the parts of an explanation are written with: its phrases, in its language. */
export class ExplanationWriter {
  constructor(
    private readonly phrases: Phrasebook,
    readonly explained: ExplainedDecision,
    private readonly language: PhraseLanguage,
  ) {}

  say(phrase: string, values: Readonly<Record<string, string | number | Date>> = {}): string {
    return this.phrases.say(this.language, phrase, values);
  }

  inLanguage(label: Label): string {
    return label[this.language];
  }

  /** "a, b and c". */
  list(texts: readonly string[]): string {
    return LISTS[this.language].format(texts);
  }

  /** A line that leads in, and one for each of a list. */
  items(lead: string, texts: readonly string[]): string {
    return [lead, ...new Set(texts.map((text) => this.say('customer.item', { text })))].join('\n');
  }

  /** A calendar day as phrases want it. */
  day(date: IsoDate): Date {
    return new Date(`${date}T00:00:00Z`);
  }

  /** The calendar day of an instant, where the campaign is. */
  dayOf(instant: Date): Date {
    return this.day(dateIn(this.explained.campaign.timeZone, instant));
  }

  /** The day that a phrase of a fate names: of the removal, of the approval where it waits since, of the release. */
  dateOfFate(fate: Fate): { readonly date?: Date } {
    const { removal, approvedAt, releasedAt } = this.explained.mail ?? {};
    const at = { REMOVED: removal?.at, APPROVED: approvedAt, RELEASED: releasedAt }[String(fate)] ?? null;
    return at === null ? {} : { date: this.dayOf(at) };
  }
}
