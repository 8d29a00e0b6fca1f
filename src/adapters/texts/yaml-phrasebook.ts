import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Phrasebook, PhraseLanguage } from '../../domain/ports.ts';
import { type Message, readMessage } from './message.ts';

/** The Dutch and the English that the bank's customers write. */
const LOCALES: Readonly<Record<PhraseLanguage, string>> = { nl: 'nl-NL', en: 'en-GB' };

type Phrases = ReadonlyMap<string, Message>;
type Section = { readonly [key: string]: string | Section };

const section: z.ZodType<Section> = z.lazy(() =>
  z.record(z.string().regex(/^\w+$/), z.union([z.string().trim().min(1), section])),
);

/**
 * The versioned texts of the folder `texts`: `<subject>-<number>.<language>.yaml` is version `<subject>/<number>`, a map of
 * phrases, nested by section (`outcome.MAIL`), each an ICU message. A version in use is never edited: what was said to a
 * customer must be said again. Other words are a new file with the next number, beside the old one.
 */
export class YamlPhrasebook implements Phrasebook {
  private constructor(
    readonly version: string,
    private readonly phrases: Readonly<Record<PhraseLanguage, Phrases>>,
  ) {}

  /**
   * Reads a version in both languages. Throws where a file is missing, is no map of phrases, holds a message that cannot be
   * read, or where the languages differ in their phrases or in what a phrase wants to be given.
   */
  static async open(folder: string, version: string): Promise<YamlPhrasebook> {
    const [nl, en] = await Promise.all([
      readPhrases(folder, version, 'nl'),
      readPhrases(folder, version, 'en'),
    ]);
    const faults = [...new Set([...nl.keys(), ...en.keys()])].filter(
      (phrase) => wantsOf(nl.get(phrase)) !== wantsOf(en.get(phrase)),
    );
    if (faults.length > 0) {
      throw new Error(`${version}: the languages do not agree on ${faults.join(', ')}`);
    }
    return new YamlPhrasebook(version, { nl, en });
  }

  /** The names of all phrases. */
  get names(): readonly string[] {
    return [...this.phrases.nl.keys()];
  }

  say(
    language: PhraseLanguage,
    phrase: string,
    values: Readonly<Record<string, string | number | Date>> = {},
  ): string {
    const message = this.phrases[language].get(phrase);
    if (message === undefined) throw new RangeError(`${this.version} has no phrase ${phrase}`);
    return message.format(values);
  }
}

async function readPhrases(folder: string, version: string, language: PhraseLanguage): Promise<Phrases> {
  const file = `${version.replace('/', '-')}.${language}.yaml`;
  try {
    const content = section.parse(parse(await readFile(join(folder, file), 'utf8')));
    return new Map(flat(content).map(([name, text]) => [name, messageOf(name, text, LOCALES[language])]));
  } catch (error) {
    throw new Error(`${file} cannot be used`, { cause: error });
  }
}

function messageOf(name: string, text: string, locale: string): Message {
  try {
    return readMessage(text, locale);
  } catch (error) {
    throw new Error(`the phrase ${name} is no message`, { cause: error });
  }
}

/** The phrases of a map of maps, named by the path that leads to them. */
function flat(content: Section): readonly (readonly [string, string])[] {
  return Object.entries(content).flatMap(([key, inside]) =>
    typeof inside === 'string'
      ? [[key, inside] as const]
      : flat(inside).map(([rest, text]) => [`${key}.${rest}`, text] as const),
  );
}

function wantsOf(message: Message | undefined): string {
  return message === undefined ? 'missing' : JSON.stringify([...message.wants].toSorted());
}
