import type { Label } from './feed-contract.ts';
import { columnsOf, type Recipe } from './recipe.ts';
import type { TrainingTable } from './training-table.ts';
import type { IsoWeek } from './week.ts';

/** One input of the model, in the order in which the model takes them. */
export interface CardFeature {
  readonly name: string;
  readonly label: Label;
  readonly unit?: string | undefined;
  readonly description?: string | undefined;
  readonly recipe: Recipe;
  /** The sign of its declared influence on the score; 0 declares none. */
  readonly direction: -1 | 0 | 1;
  readonly changeable: boolean;
}

/** What a model builder says of a model (`card.yaml`). */
export interface ModelCard {
  readonly format: 'model-package/1';
  readonly campaign: string;
  readonly name: string;
  readonly version: string;
  readonly builder: string;
  /** Which output tensor, and which number of it, is the probability to convert. */
  readonly output: { readonly name: string; readonly index: number };
  readonly trained: { readonly from: IsoWeek; readonly to: IsoWeek };
  readonly features: readonly CardFeature[];
  readonly intendedUse: string;
  readonly notToBeUsedWhen: readonly string[];
  readonly weaknesses: readonly string[];
}

/** The source columns of every feature, each once, in card order. */
export function columnsOfCard(card: ModelCard): readonly string[] {
  return [...new Set(card.features.flatMap((feature) => columnsOf(feature.recipe)))];
}

/** The files of a model package, as they were delivered. */
export interface ModelPackage {
  readonly card: ModelCard;
  readonly files: {
    readonly 'model.onnx': Uint8Array;
    readonly 'card.yaml': Uint8Array;
    readonly 'training.csv': Uint8Array;
    readonly 'reference.csv': Uint8Array;
  };
  /** The rows of reference.csv, features in card order. */
  readonly reference: readonly (readonly number[])[];
  readonly training: TrainingTable;
  /** Names of delivered files that a package does not have; they were not read. */
  readonly ignored: readonly string[];
}

/** The rows of a package's `reference.csv`, which was found to be numbers under a header when it was registered. */
export function referenceRows(csv: string): readonly (readonly number[])[] {
  const lines = csv.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split(',').map(Number));
}
