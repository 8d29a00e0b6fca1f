import { Arg } from 'type-graphql';
import type { Label } from '../domain/feed-contract.ts';
import { type Language, LanguageEnum } from '../schema/language.enum.ts';

/** The argument `language` of a field that is a text for people. */
export const InLanguage = () =>
  Arg('language', () => LanguageEnum, { defaultValue: 'NL', description: 'Of the text.' });

export function textIn(language: Language, { nl, en }: Label): string {
  return language === 'NL' ? nl : en;
}
