import { join } from 'node:path';
import { YamlPhrasebook } from '../../src/adapters/texts/yaml-phrasebook.ts';
import { EXPLANATION_TEXTS } from '../../src/domain/explanation-text.ts';

const FOLDER = join(import.meta.dirname, '../../texts');

/** The texts of explanations as they ship. */
export function explanationTexts(): Promise<YamlPhrasebook> {
  return YamlPhrasebook.open(FOLDER, EXPLANATION_TEXTS);
}
