import { percent } from '../check.ts';
import type { Recipe } from '../recipe.ts';
import { plain } from './markdown.ts';
import type { PageLanguage } from './model-page-labels.ts';

/** How a feature is computed, in words, as Markdown. */
export function recipeInWords(recipe: Recipe, language: PageLanguage): string {
  const say = WORDS[language];
  const { clip, missing } = recipe;
  return [
    coreOf(recipe, say),
    ...(clip === undefined ? [] : [say.clip(clip[0], clip[1])]),
    missing === undefined ? say.incomplete : say.missing(missing),
  ].join('; ');
}

function coreOf(recipe: Recipe, say: Words): string {
  const name = (column: string) => plain(column);
  if ('column' in recipe) return say.column(name(recipe.column));
  if ('weighted' in recipe) {
    const terms = Object.entries(recipe.weighted).map(([column, weight]) => `${weight} × ${name(column)}`);
    return say.weighted(terms.join(' + '));
  }
  if ('difference' in recipe) return `${name(recipe.difference[0])} − ${name(recipe.difference[1])}`;
  if ('ratio' in recipe) return `${name(recipe.ratio[0])} ÷ ${name(recipe.ratio[1])}`;
  if ('relativeChange' in recipe)
    return say.relativeChange(name(recipe.relativeChange[0]), name(recipe.relativeChange[1]));
  if ('fundChange' in recipe) return say.fundChange(recipe.fundChange.days);
  const codes = Object.entries(recipe.codes).map(([text, code]) => `${plain(text)} = ${code}`);
  return say.category(name(recipe.category), codes.join(', '), recipe.otherwise);
}

interface Words {
  readonly column: (name: string) => string;
  readonly weighted: (sum: string) => string;
  readonly relativeChange: (now: string, before: string) => string;
  readonly fundChange: (days: number) => string;
  readonly category: (name: string, codes: string, otherwise: number) => string;
  readonly clip: (low: number, high: number) => string;
  readonly missing: (value: number) => string;
  readonly incomplete: string;
}

const bound = (value: number): string =>
  Math.abs(value) < 1 && value !== 0 ? `${value} (${percent(value)})` : `${value}`;

const WORDS: Readonly<Record<PageLanguage, Words>> = {
  en: {
    column: (name) => `the column ${name} as it is`,
    weighted: (sum) => `the sum ${sum}`,
    relativeChange: (now, before) => `the change of ${now} against ${before}, as a share of ${before}`,
    fundChange: (days) => `the mean change of the prices of the bank's funds over ${days} days`,
    category: (name, codes, otherwise) => `a number for ${name}: ${codes}, anything else = ${otherwise}`,
    clip: (low, high) => `held within ${bound(low)} and ${bound(high)}`,
    missing: (value) => `${value} where a value is missing`,
    incomplete: 'a customer without a value is not scored',
  },
  nl: {
    column: (name) => `de kolom ${name} zoals die is`,
    weighted: (sum) => `de som ${sum}`,
    relativeChange: (now, before) =>
      `de verandering van ${now} ten opzichte van ${before}, als deel van ${before}`,
    fundChange: (days) =>
      `de gemiddelde verandering van de koersen van de fondsen van de bank over ${days} dagen`,
    category: (name, codes, otherwise) => `een getal voor ${name}: ${codes}, al het andere = ${otherwise}`,
    clip: (low, high) => `gehouden tussen ${bound(low)} en ${bound(high)}`,
    missing: (value) => `${value} waar een waarde ontbreekt`,
    incomplete: 'een klant zonder waarde krijgt geen score',
  },
};
