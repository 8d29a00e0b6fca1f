import type { PhraseLanguage } from '../../src/domain/ports.ts';

/** Written vowels that are one sound in Dutch, the longest first; ë, ï, ö and ü begin a syllable of their own. */
const DUTCH_VOWELS = /aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|ëi|ei|ij|eu|ui|oe|ou|au|ai|[aeiouyàáèéêëíïóöúü]/g;

/** Syllables of a Dutch word, by its written vowels. */
function dutchSyllables(word: string): number {
  return Math.max(1, word.match(DUTCH_VOWELS)?.length ?? 0);
}

/** Syllables of an English word: groups of vowels, without the endings that are written and not said. */
function englishSyllables(word: string): number {
  const said = word
    .replace(/'s$/, '')
    .replace(/e(?=(?:ly|ment|ness|ful|less)s?$)/, '')
    .replace(/(?<=[aeiouy].*)(?<![td])ed$/, '')
    .replace(/(?<=[aeiouy].*[^aeiouycsxzg])es$/, 's')
    .replace(/(?<=[aeiouy].*)(?<![^aeiouy]l)e$/, '');
  const groups = said.match(/[aeiouy]+/g)?.length ?? 0;
  const split = said.match(/[iy](?:a|o(?!u)|u)(?!n$|ns$)/g)?.length ?? 0;
  return Math.max(1, groups + split);
}

/** Syllables of a word, of words that a hyphen joins together. */
export function syllables(word: string, language: PhraseLanguage): number {
  const count = language === 'nl' ? dutchSyllables : englishSyllables;
  return word
    .toLowerCase()
    .split('-')
    .reduce((sum, part) => sum + (part === '' ? 0 : count(part)), 0);
}

/**
 * How easily a text is read: Flesch's reading ease (1948) for English, Douma's form of it (1960) for Dutch. 100 is very easy,
 * 60 to 70 plain, below 50 hard. Numbers are left out, and list items too, which would flatter the text with short sentences.
 */
export function readingEase(text: string, language: PhraseLanguage): number {
  const prose = text.replaceAll(/^- .*$/gm, '');
  const sentences = prose
    .split(/[.!?:;](?=\s|$)|\n+/)
    .map((sentence) => sentence.match(/\p{L}+(?:['’-]\p{L}+)*/gu) ?? [])
    .filter(({ length }) => length > 0);
  const words = sentences.flat();
  const perSentence = words.length / sentences.length;
  const perWord = words.reduce((sum, word) => sum + syllables(word, language), 0) / words.length;
  return language === 'nl'
    ? 206.84 - 0.93 * perSentence - 77 * perWord
    : 206.835 - 1.015 * perSentence - 84.6 * perWord;
}
