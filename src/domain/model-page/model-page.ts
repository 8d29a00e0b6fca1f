import { statusOn } from '../data-use.ts';
import { columnsOfCard } from '../model-card.ts';
import type { ModelPeriod } from '../model-life.ts';
import { columnsOf } from '../recipe.ts';
import { labelOf } from '../wording.ts';
import { gateSections } from './gate-sections.ts';
import { blocks, bullets, plain, table } from './markdown.ts';
import type { ModelPageFacts } from './model-page-facts.ts';
import { ACT_LABELS, PAGE_LABELS, type PageLanguage } from './model-page-labels.ts';
import { recipeInWords } from './recipe-words.ts';
import { introduction, training } from './training-words.ts';

/** Weeks that are listed one by one at most, the newest ones. */
const MOST_RUNS = 104;

/** The page of a model version, as Markdown: all that the bank must know to go on with it when its builder is gone. */
export function modelPage(facts: ModelPageFacts, language: PageLanguage): string {
  const { card } = facts;
  const say = PAGE_LABELS[language];
  const texts = (items: readonly string[]) => bullets(items.map(plain));
  return `${blocks(
    `# ${plain(card.name)} ${plain(card.version)}`,
    introduction(facts, language),
    `## ${say.intendedUse}`,
    plain(card.intendedUse),
    `## ${say.notToBeUsedWhen}`,
    texts(card.notToBeUsedWhen),
    `## ${say.weaknesses}`,
    texts(card.weaknesses),
    `## ${say.features}`,
    features(facts, language),
    `### ${say.columns}`,
    columns(facts, language),
    `## ${say.dataUses}`,
    dataUses(facts, language),
    `## ${say.training}`,
    training(facts, language),
    ...gateSections(facts.gates, language),
    `## ${say.history}`,
    history(facts, language),
    `### ${say.live}`,
    periods(facts.live, language),
    `### ${say.challenger}`,
    periods(facts.challenger, language),
    `### ${say.runs}`,
    runs(facts, language),
    `## ${say.reproduce}`,
    reproduce(facts, language),
  )}\n`;
}

/** An instant to the minute, in UTC. */
function minute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function features({ card }: ModelPageFacts, language: PageLanguage): string {
  const say = PAGE_LABELS[language];
  const direction = { '1': say.rises, '-1': say.falls, '0': say.undeclared };
  return table(
    [say.feature, say.meaning, say.computed, say.unit, say.direction, say.changeable],
    card.features.map(({ name, label, description, recipe, unit, direction: sign, changeable }) => [
      plain(name),
      [plain(label[language]), ...(description === undefined ? [] : [plain(description)])].join(': '),
      recipeInWords(recipe, language),
      plain(unit ?? ''),
      direction[`${sign}`],
      changeable ? say.yes : say.no,
    ]),
  );
}

function columns({ card, contract }: ModelPageFacts, language: PageLanguage): string {
  const say = PAGE_LABELS[language];
  const rows = columnsOfCard(card).map((name) => {
    const column = contract.columns.find((one) => one.name === name);
    const { min, max, values } = column ?? {};
    const range = values?.map(plain).join(', ') ?? [min ?? '', max ?? ''].join(' – ');
    const readBy = card.features.filter(({ recipe }) => columnsOf(recipe).includes(name));
    return [
      plain(name),
      plain(column?.label?.[language] ?? ''),
      plain(column?.type ?? ''),
      plain(column?.unit ?? ''),
      range === ' – ' ? '' : range,
      readBy.map((feature) => plain(feature.name)).join(', '),
    ];
  });
  if (rows.length === 0) return say.none;
  return table([say.column, say.meaning, say.type, say.unit, say.range, say.feature], rows);
}

function dataUses({ card, dataUses: uses, day }: ModelPageFacts, language: PageLanguage): string {
  const say = PAGE_LABELS[language];
  const needed = columnsOfCard(card);
  // In the order of the columns: those that were declared together have no order of their own.
  const covering = uses
    .map((use) => ({ ...use, first: needed.findIndex((column) => use.columns.includes(column)) }))
    .filter(({ first }) => first >= 0)
    .toSorted((one, other) => one.first - other.first);
  const inForce = covering.filter((use) => statusOn(use, day) === 'SIGNED_OFF');
  const open = needed.filter((column) => !inForce.some((use) => use.columns.includes(column)));
  const rows = covering.map((use) => [
    use.columns
      .filter((column) => needed.includes(column))
      .map(plain)
      .join(', '),
    plain(labelOf(use.source)[language]),
    plain(labelOf(use.purpose)[language]),
    plain(labelOf(use.legalBasis)[language]),
    statusOn(use, day),
    plain(use.decidedBy ?? ''),
    use.validUntil,
  ]);
  const head = [
    say.columns,
    say.source,
    say.purpose,
    say.legalBasis,
    say.status,
    say.signedBy,
    say.validUntil,
  ];
  return blocks(
    rows.length === 0 ? say.none : table(head, rows),
    open.length === 0 ? '' : `**${say.uncovered} ${open.map(plain).join(', ')}.**`,
  );
}

function history({ history: acts }: ModelPageFacts, language: PageLanguage): string {
  const say = PAGE_LABELS[language];
  return table(
    [say.at, say.act, say.by, say.change, say.note],
    acts.map(({ at, act, by, before, after, note }) => [
      minute(at),
      ACT_LABELS[language][act],
      plain(by),
      before === null || before === after ? after : `${before} → ${after}`,
      plain(note ?? ''),
    ]),
  );
}

function periods(found: readonly ModelPeriod[], language: PageLanguage): string {
  const say = PAGE_LABELS[language];
  if (found.length === 0) return say.never;
  return table(
    [say.from, say.until],
    found.map(({ from, until }) => [minute(from), until === null ? say.now : minute(until)]),
  );
}

function runs({ runs: all }: ModelPageFacts, language: PageLanguage): string {
  const say = PAGE_LABELS[language];
  if (all.length === 0) return say.none;
  const newest = all.slice(-MOST_RUNS);
  const left = all.length - newest.length;
  const more = language === 'nl' ? `En ${left} eerdere.` : `And ${left} before.`;
  return blocks(
    table(
      [say.week, say.attempt, say.status],
      newest.map(({ week, attempt, status }) => [week, `${attempt}`, status]),
      [1],
    ),
    left === 0 ? '' : more,
  );
}

function reproduce({ card, files }: ModelPageFacts, language: PageLanguage): string {
  const say = PAGE_LABELS[language];
  const order = card.features.map(({ name }) => plain(name)).join(', ');
  const builder = plain(card.builder);
  const [output, index] = [plain(card.output.name), card.output.index];
  const words =
    language === 'nl'
      ? [
          `Gebouwd door: ${builder}. Wat het pakket niet zegt, weet alleen de bouwer.`,
          `training.csv is de tabel waarvan het leerde en waarop het werd getoetst: week, ${order}, label. Geleerd werd van ${card.trained.from} tot en met ${card.trained.to}; de weken erna zijn de toets.`,
          `model.onnx krijgt de kenmerken in deze volgorde: ${order}. De kans is getal ${index} van de uitvoer ${output}.`,
          'reference.csv is de steekproef waartegen verklaringen en verschuivingen worden gemeten.',
        ]
      : [
          `Built by: ${builder}. What the package does not say, only its builder knows.`,
          `training.csv is the table that it learnt from and was validated with: week, ${order}, label. It learnt from ${card.trained.from} to ${card.trained.to}; the weeks after are its test.`,
          `model.onnx takes the features in this order: ${order}. The probability is number ${index} of the output ${output}.`,
          'reference.csv is the sample against which explanations and drift are measured.',
        ];
  const rows = files.map(({ name, bytes, digest }) => [plain(name), `${bytes}`, plain(digest)]);
  return blocks(bullets(words), table([say.file, say.bytes, say.digest], rows, [1]));
}
