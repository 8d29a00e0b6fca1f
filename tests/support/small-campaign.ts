import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCampaign } from '../../src/adapters/package/campaign-file.ts';
import type { CampaignDefinition, Config, Limit, LimitedCheck } from '../../src/domain/campaign.ts';
import { LIMITED_CHECKS } from '../../src/domain/campaign.ts';
import { addDays, type IsoDate, type IsoWeek, sundayOf } from '../../src/domain/week.ts';
import { FLOAT, onnxFile, tensor } from './onnx-builder.ts';
import type { ServiceHarness } from './service-harness.ts';

/** The key of the small campaign: a model whose score is the customer's column `likely`, and nobody barred by chance. */
export const SMALL = 'small';

/** The settings of the small campaign where a test does not say otherwise: no check but the hard ones ever fires. */
export const SMALL_CONFIG: Config = {
  threshold: 0.5,
  capacity: 100,
  minAge: 18,
  maxAge: 80,
  holdoutShare: 0,
  explorationSize: 0,
  evaluationWeeks: 13,
  restWeeks: 4,
  maxMailsPerDay: 1,
  maxMailsPer14Days: 4,
  volumeMin: 0,
  volumeMax: 100_000,
  marketWeekBand: null,
  marketMonthBand: null,
  sampleSize: 4,
  schedule: '0 1 * * 0',
  overrides: [],
  limits: Object.fromEntries(
    LIMITED_CHECKS.map((name): [LimitedCheck, Limit] => [name, { warn: null, halt: null }]),
  ) as Record<LimitedCheck, Limit>,
};

/** A row of `customers.csv`, in the contract's order; null is a missing value. */
export interface SmallCustomer {
  readonly party_id: string;
  /** The score that the model gives, rounded to float32. */
  readonly likely: number | null;
  readonly age: number | null;
  readonly is_private: boolean | null;
  readonly holds_product: boolean | null;
  readonly opt_in: boolean | null;
  readonly opted_out: boolean | null;
  readonly deceased: boolean | null;
  readonly fraud_flag: boolean | null;
  readonly relationship_ended: boolean | null;
  readonly address_bounced: boolean | null;
  readonly region: string | null;
}

/** A customer whom nothing bars, 40 years old, with a score of 0.9. */
export function customer(party_id: string, change: Partial<SmallCustomer> = {}): SmallCustomer {
  return {
    party_id,
    likely: 0.9,
    age: 40,
    is_private: true,
    holds_product: false,
    opt_in: true,
    opted_out: false,
    deceased: false,
    fraud_flag: false,
    relationship_ended: false,
    address_bounced: false,
    region: 'north',
    ...change,
  };
}

/** Customers c1 to c`count`; `change` tells what is special about the n-th. */
export function customers(
  count: number,
  change: (n: number) => Partial<SmallCustomer> = () => ({}),
): readonly SmallCustomer[] {
  return Array.from({ length: count }, (_, i) => customer(`c${i + 1}`, change(i + 1)));
}

export interface SmallFeed {
  readonly week: IsoWeek;
  readonly customers: readonly SmallCustomer[];
  /** The week's Sunday when left out. */
  readonly asOf?: IsoDate;
  /** By how much the one fund rose in the last week; its price was the same on all days before. */
  readonly market?: number;
  readonly mailings?: readonly (readonly [customer: string, sentOn: IsoDate, mailing: string])[];
  readonly outcomes?: readonly (readonly [customer: string, convertedOn: IsoDate, amount: number | null])[];
  readonly campaign?: string;
  /** Columns that the feed leaves out; none when left out. */
  readonly without?: readonly string[];
}

/** Writes a feed of the small campaign into an inbox, the manifest last. */
export async function writeFeed(inbox: string, feed: SmallFeed): Promise<void> {
  const { week, customers: rows, market = 0, campaign = SMALL, without = [] } = feed;
  const columns = COLUMNS.filter((name) => !without.includes(name));
  const asOf = feed.asOf ?? sundayOf(week);
  const folder = join(inbox, campaign, week);
  await mkdir(folder, { recursive: true });
  const prices = Array.from({ length: 71 }, (_, i) => [
    addDays(asOf, i - 70),
    'green',
    i > 63 ? 1 + market : 1,
  ]);
  const tables = [
    ['customers.csv', columns, rows.map((row) => columns.map((name) => row[name]))],
    ['funds.csv', ['date', 'fund', 'price'], prices],
    ['mailings.csv', ['party_id', 'sent_on', 'mailing'], feed.mailings],
    ['outcomes.csv', ['party_id', 'converted_on', 'amount'], feed.outcomes],
  ] as const;
  const files = [];
  for (const [name, header, cells] of tables) {
    if (cells === undefined) continue;
    const text = [header, ...cells].map((line) => `${line.map((cell) => cell ?? '').join()}\n`).join('');
    await writeFile(join(folder, name), text);
    files.push({ name, rows: cells.length, sha256: createHash('sha256').update(text).digest('hex') });
  }
  const producedAt = `${asOf}T20:00:00Z`;
  const manifest = { format: 'feed/1', campaign, week, asOf, producedAt, files };
  await writeFile(join(folder, 'feed.json'), JSON.stringify(manifest));
}

/** The small campaign's definition, with settings of the test's own. */
export function smallDefinition(config: Partial<Config> = {}): CampaignDefinition {
  return { ...readCampaign(smallYaml()), config: { ...SMALL_CONFIG, ...config } };
}

/** Writes the campaign and its model package under a folder; answers where they are. */
export async function writeSmallCampaign(folder: string): Promise<{ campaign: string; model: string }> {
  const [campaign, model] = [join(folder, 'small-campaign'), join(folder, 'small-model')];
  await mkdir(campaign, { recursive: true });
  await mkdir(model, { recursive: true });
  await writeFile(join(campaign, 'campaign.yaml'), smallYaml());
  const sample = Array.from({ length: 50 }, (_, i) => `${(i + 0.5) / 50},${20 + i}`);
  await writeFile(join(model, 'model.onnx'), likelyModel());
  await writeFile(join(model, 'card.yaml'), CARD);
  await writeFile(join(model, 'reference.csv'), `${['likely,age', ...sample].join('\n')}\n`);
  await writeFile(
    join(model, 'training.csv'),
    `${['week,likely,age,label', ...sample.map((row, i) => `2020-W01,${row},${i % 2}`)].join('\n')}\n`,
  );
  return { campaign, model };
}

/** Puts the small campaign and its model into production. */
export async function installSmall(harness: ServiceHarness, config: Partial<Config> = {}): Promise<string> {
  const { campaign, model } = await writeSmallCampaign(harness.folder);
  return harness.install(campaign, model, () => smallDefinition(config));
}

/** Delivers a feed to a harness. */
export function deliver(harness: ServiceHarness, feed: SmallFeed): Promise<void> {
  return writeFeed(join(harness.folder, 'inbox'), feed);
}

const COLUMNS = [
  'party_id',
  'likely',
  'age',
  'is_private',
  'holds_product',
  'opt_in',
  'opted_out',
  'deceased',
  'fraud_flag',
  'relationship_ended',
  'address_bounced',
  'region',
] as const satisfies readonly (keyof SmallCustomer)[];

/** The model: the first of its two features is the score. */
function likelyModel(): Uint8Array {
  return onnxFile({
    nodes: [
      { op: 'MatMul', inputs: ['x', 'weights'], outputs: ['first'] },
      { op: 'Clip', inputs: ['first', 'zero', 'one'], outputs: ['p'] },
    ],
    inputs: [{ name: 'x', dims: [null, 2] }],
    outputs: [{ name: 'p', dims: [null, 1] }],
    initializers: [
      tensor('weights', FLOAT, [2, 1], [1, 0]),
      tensor('zero', FLOAT, [], [0]),
      tensor('one', FLOAT, [], [1]),
    ],
  });
}

const CARD = `format: model-package/1
campaign: ${SMALL}
name: likely
version: "1"
builder: the tests
output: { name: p, index: 0 }
trained: { from: 2020-W01, to: 2020-W02 }
features:
  - { name: likely, label: { nl: kans, en: chance }, recipe: { column: likely }, direction: 1, changeable: true }
  - { name: age, label: { nl: leeftijd, en: age }, unit: years, recipe: { column: age }, direction: 0, changeable: false }
intendedUse: Gives each customer the score that the test wrote into the feed.
notToBeUsedWhen: [the customers are real]
weaknesses: [it believes whatever it is told]
`;

function smallYaml(): string {
  const flags = COLUMNS.slice(3, -1).map(
    (name) => `    - { name: ${name}, type: boolean, category: eligibility }`,
  );
  const { limits, overrides, ...settings } = SMALL_CONFIG;
  return `format: campaign/1
key: ${SMALL}
name: { nl: Klein, en: Small }
product: { nl: iets, en: something }
timeZone: Europe/Amsterdam
contact: { nl: "bel ons", en: "call us" }
objection: { nl: "zeg het", en: "say so" }
flow: { days: [7, 14] }
feed:
  columns:
    - { name: party_id, type: id, category: key }
    - { name: likely, type: number, category: feature, min: 0, max: 1, label: { nl: kans, en: chance } }
    - { name: age, type: integer, category: feature, unit: years, min: 0, max: 120, label: { nl: leeftijd, en: age } }
${flags.join('\n')}
    - { name: region, type: text, category: segment, values: [north, south], label: { nl: streek, en: region } }
dataUses:
  - columns: [likely, age]
    source: the tests
    purpose: try the rules
    legalBasis: consent of nobody
    validUntil: 2035-12-31
config: ${JSON.stringify({ ...settings, limits, overrides })}
`;
}
