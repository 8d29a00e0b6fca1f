import type { ModelCard } from './model-card.ts';
import type { CodedText, ModelSpec } from './ports.ts';
import type { Recipe } from './recipe.ts';

/** What the model of a package is opened with. */
export function modelSpec(card: ModelCard, model: Uint8Array): ModelSpec {
  const texts = new Map<string, readonly CodedText[]>();
  for (const { name, recipe } of card.features) {
    if ('category' in recipe) texts.set(name, codedTexts(recipe));
  }
  return { model, features: card.features.map(({ name }) => name), output: card.output, texts };
}

/**
 * The text behind every code that a category feature can have, codes clipped and rounded to float32 as the matrix holds them.
 * The codes of texts that the list does not have, and of a missing value, stand for the empty text.
 */
function codedTexts(recipe: Extract<Recipe, { readonly category: string }>): readonly CodedText[] {
  const [low, high] = recipe.clip ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const held = (code: number): number => Math.fround(Math.min(Math.max(code, low), high));
  const texts = Object.entries(recipe.codes).map(([text, code]): CodedText => [held(code), text]);
  const otherwise = held(recipe.otherwise);
  const others = new Set([otherwise, recipe.missing === undefined ? otherwise : Math.fround(recipe.missing)]);
  for (const [code] of texts) others.delete(code);
  return [...texts, ...[...others].map((code): CodedText => [code, ''])];
}
