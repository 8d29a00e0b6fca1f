import { registerEnumType } from 'type-graphql';

/** A closed list of the domain's words, each with its meaning, as an enum of the API; returns the object by which fields refer to it. */
export function wordEnum<const T extends string>(
  name: string,
  words: readonly T[],
  description: string,
  meanings: Readonly<Record<T, string>>,
): { readonly [word in T]: word } {
  const object = Object.fromEntries(words.map((word) => [word, word])) as { readonly [word in T]: word };
  const valuesConfig = Object.fromEntries(words.map((word) => [word, { description: meanings[word] }]));
  registerEnumType<Readonly<Record<string, string>>>(object, { name, description, valuesConfig });
  return object;
}
