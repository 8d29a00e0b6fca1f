import { registerEnumType } from 'type-graphql';

/** A closed list of the domain's words as an enum of the API; returns the object by which fields refer to it. */
export function wordEnum<const T extends string>(
  name: string,
  words: readonly T[],
  description: string,
): { readonly [word in T]: word } {
  const object = Object.fromEntries(words.map((word) => [word, word])) as { readonly [word in T]: word };
  registerEnumType(object, { name, description });
  return object;
}
