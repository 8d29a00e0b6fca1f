/** How a feature is computed from the columns of one customer and the week's fund prices: data, not code. */
export type Recipe = (
  | { readonly column: string }
  | { readonly weighted: Readonly<Record<string, number>> }
  | { readonly difference: readonly [string, string] }
  | { readonly relativeChange: readonly [string, string] }
  | { readonly ratio: readonly [string, string] }
  | { readonly fundChange: { readonly days: number } }
  | {
      readonly category: string;
      readonly codes: Readonly<Record<string, number>>;
      readonly otherwise: number;
    }
) & {
  readonly clip?: readonly [number, number] | undefined;
  readonly missing?: number | undefined;
};

/** The columns that a recipe reads, in the order in which it names them. */
export function columnsOf(recipe: Recipe): readonly string[] {
  if ('column' in recipe) return [recipe.column];
  if ('weighted' in recipe) return Object.keys(recipe.weighted);
  if ('difference' in recipe) return recipe.difference;
  if ('relativeChange' in recipe) return recipe.relativeChange;
  if ('ratio' in recipe) return recipe.ratio;
  if ('category' in recipe) return [recipe.category];
  return [];
}
