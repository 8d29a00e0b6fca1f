import type { ContractColumn, Label } from '../../domain/feed-contract.ts';

/** The campaign that a package is to be written for. */
export interface TemplateCampaign {
  readonly key: string;
  readonly columns: readonly ContractColumn[];
}

/** Stands in where no campaign is given: columns as many campaigns have them. */
const ANY_CAMPAIGN: TemplateCampaign = {
  key: '',
  columns: [
    {
      name: 'age',
      type: 'integer',
      category: 'feature',
      unit: 'years',
      label: { nl: 'leeftijd', en: 'age' },
    },
    {
      name: 'balance',
      type: 'number',
      category: 'feature',
      unit: 'EUR',
      label: { nl: 'saldo', en: 'balance' },
    },
    { name: 'job', type: 'text', category: 'feature', label: { nl: 'beroep', en: 'job' } },
  ],
};

/**
 * The files of an unfinished model package by name: a card with one feature for each column that a model may read, the headers
 * of its tables, and what to do. What is to be filled in is empty, so that the package is refused, line by line, until it is.
 */
export function packageTemplate(campaign: TemplateCampaign | null): ReadonlyMap<string, string> {
  const { key, columns } = campaign ?? ANY_CAMPAIGN;
  const offered = columns.filter(({ category, type }) => category === 'feature' && type !== 'id');
  const names = offered.map(({ name }) => name).join(',');
  return new Map([
    ['card.yaml', cardTemplate(key, offered)],
    ['training.csv', `week,${names},label\n`],
    ['reference.csv', `${names}\n`],
    ['README.md', README],
  ]);
}

function cardTemplate(campaign: string, columns: readonly ContractColumn[]): string {
  return `# The card of a model: what it takes, what it is for, where it is weak. docs/model-package.md explains every field.
# Fill in what is empty, remove the features that the model does not take, and put the others in the model's order.
format: model-package/1

# The campaign that the model is for.
campaign: ${JSON.stringify(campaign)}

# What the model is called, and its version, in quotes. A registered version never changes: deliver a new one instead.
name: ""
version: "1"

# Who built it, and whom to ask.
builder: ""

# The output of model.onnx that holds the probability to convert, and which number of a row it is, counted from 0:
# 0 where there is one number a row, the place of the class that converted where there is one for each class.
output: { name: probabilities, index: 1 }

# The first and the last week of training.csv that the model learnt from, such as 2026-W47. Later rows judge it out of time.
trained: { from: "", to: "" }

# What the model takes, in its order. The headers of training.csv and reference.csv have the same names in the same order.
#   name         a letter, then letters, digits, _ . - and blanks; where the model has one input a feature, that input's name
#   label        what customers and reviewers read, in both languages
#   unit         optional, such as EUR or years
#   description  optional: what a reviewer has to know of it
#   recipe       how it is computed from the columns of the feed; exactly one of
#                  { column: balance }                              the column; true is 1 and false is 0
#                  { weighted: { has_app: 0.5, accounts: 0.2 } }    the sum of columns times weights
#                  { difference: [balance, balance_2w] }            the first less the second
#                  { relativeChange: [balance, balance_2w] }        the first by the second, less 1
#                  { ratio: [savings_balance, balance] }            the first by the second
#                  { fundChange: { days: 28 } }                     mean change of the bank's fund prices over so many days
#                  { category: job, codes: { nurse: 0, baker: 1 }, otherwise: -1 }    the number of a text
#                and with it, where wanted, clip: [lowest, highest] and missing: value. Without missing, a customer who
#                lacks a column is not judged by the model and not mailed.
#   direction    1 where more of it should raise the score, -1 where it should lower it, 0 where neither is claimed
#   changeable   whether a customer can change it: only then an explanation says what would have turned the outcome
features:
${columns.map(featureTemplate).join('')}
# One paragraph: what the score says, of whom, and which decision may rest on it.
intendedUse: ""

# When nobody should go by the score: markets, customers, decisions, data that the model does not know.
notToBeUsedWhen:
  - ""

# What you know to be weak. A card without weaknesses is refused.
weaknesses:
  - ""
`;
}

function featureTemplate({ name, type, unit, label, values }: ContractColumn): string {
  const codes = (values ?? []).map((value, code) => `${JSON.stringify(value)}: ${code}`).join(', ');
  const recipe =
    type === 'text' ? `{ category: ${name}, codes: { ${codes} }, otherwise: -1 }` : `{ column: ${name} }`;
  return `  - name: ${name}
    label: ${labelText(label)}
${unit === undefined ? '' : `    unit: ${JSON.stringify(unit)}\n`}    recipe: ${recipe}
    direction: 0
    changeable: false
`;
}

function labelText(label: Label | undefined): string {
  return `{ nl: ${JSON.stringify(label?.nl ?? '')}, en: ${JSON.stringify(label?.en ?? '')} }`;
}

const README = `# An unfinished model package

1. \`card.yaml\`: fill in what is empty. The comments say what is meant, docs/model-package.md says more.
2. \`training.csv\`: one row for a customer and a week: the ISO week, the features as the recipes compute them, in the card's order,
   and \`label\`, 1 where the customer converted and 0 where not. Every row that the model learnt from, and later rows.
3. \`reference.csv\`: 50 to 1,000 of the rows that the model learnt from, features only.
4. \`model.onnx\`: the model.

\`waarom model register FOLDER\` registers the package, or says file by file and line by line what is wrong with it.
This file is not part of the package and may stay or go.
`;
