import { wordEnum } from './word-enum.ts';

export const LANGUAGES = ['NL', 'EN'] as const;
export type Language = (typeof LANGUAGES)[number];

export const LanguageEnum = wordEnum('Language', LANGUAGES, 'A language in which the service speaks.', {
  NL: 'Dutch.',
  EN: 'English.',
});
