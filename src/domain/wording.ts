import type { Label } from './feed-contract.ts';

/** What people declared in words: in one language, or in both that the service speaks. */
export type Wording = string | Label;

/** The words for a reader of either language; what was declared in one language only is the same for both. */
export function labelOf(wording: Wording): Label {
  return typeof wording === 'string' ? { nl: wording, en: wording } : wording;
}

/** All that was declared, on one line. */
export function inAllLanguages(wording: Wording): string {
  return typeof wording === 'string' ? wording : `${wording.nl} / ${wording.en}`;
}
