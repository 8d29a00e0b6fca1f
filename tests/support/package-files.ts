/** A small sound model package, for tests to spoil. The model is not one: readers do not open it. */
export const CARD = `format: model-package/1
campaign: savings
name: simple
version: "1"
builder: a builder
output: { name: probabilities, index: 1 }
trained: { from: 2020-W01, to: 2020-W40 }
features:
  - { name: age, label: { nl: leeftijd, en: age }, unit: years, recipe: { column: age }, direction: 0, changeable: false }
  - { name: job, label: { nl: beroep, en: job }, recipe: { category: job, codes: { nurse: 0, "constructor": 1 }, otherwise: -1, missing: -2 }, direction: 0, changeable: false }
  - { name: growth, label: { nl: groei, en: growth }, recipe: { weighted: { a: 1, b: -1 }, clip: [-10, 10] }, direction: 1, changeable: true }
intendedUse: ranks
notToBeUsedWhen: [the market crashes]
weaknesses: [is simple]
`;

export const REFERENCE = `age,job,growth\n${'30,0,1.5\n41,-1,-2e-1\n'.repeat(25)}`;
export const TRAINING = 'week,age,job,growth,label\n2020-W01,30,0,1.5,0\n2020-W53,41,1,.5,1\n';

export type PackageText = Record<'model.onnx' | 'card.yaml' | 'reference.csv' | 'training.csv', string>;

export const PACKAGE: PackageText = {
  'model.onnx': 'model',
  'card.yaml': CARD,
  'reference.csv': REFERENCE,
  'training.csv': TRAINING,
};
