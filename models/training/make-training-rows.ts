// Writes training.csv from a generated bank: `node models/training/make-training-rows.ts > training.csv`.
// The bank is not the demo's: another seed, other people, an earlier stretch of 78 weeks without a crash.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Bank, createBank } from '../../src/demo/bank.ts';
import { type CustomerRow, customerRow } from '../../src/demo/bank-row.ts';
import { Random } from '../../src/demo/random.ts';
import type { CampaignDefinition } from '../../src/domain/campaign.ts';
import { type ColumnBlock, compileFeatures } from '../../src/domain/feature.ts';
import { type ContractColumn, layoutOf } from '../../src/domain/feed-contract.ts';
import type { ModelCard } from '../../src/domain/model-card.ts';
import { type IsoWeek, isoDate } from '../../src/domain/week.ts';

/** The bank that the shipped model learnt from. */
export const BANK = {
  seed: 78,
  customers: 20_000,
  lastWeek: '2025-W36',
  weeks: 78,
  crashWeek: null,
} as const;
/** A plain sample of the customers: the share of converters stays what it is, so that scores are probabilities. */
const SAMPLED = 0.043;
/** The label says whether a customer converts within this many weeks. */
const LABEL_WEEKS = 4;

const folder = (path: string) => new URL(`../../${path}`, import.meta.url);
const { features }: ModelCard = parse(readFileSync(folder('models/investing-retail-1/card.yaml'), 'utf8'));
const { feed }: CampaignDefinition = parse(
  readFileSync(folder('campaigns/investing-retail/campaign.yaml'), 'utf8'),
);
const layout = layoutOf(feed);

type BankOptions = Parameters<typeof createBank>[0];

interface TrainingRow {
  readonly week: IsoWeek;
  readonly id: string;
  readonly features: readonly number[];
  label: 0 | 1;
}

/** The lines of training.csv, without ends of line. */
export function trainingLines(options: BankOptions): readonly string[] {
  const header = ['week', ...features.map(({ name }) => name), 'label'];
  const rows = trainingRows(options).map((row) => [row.week, ...row.features.map(decimal), row.label]);
  return [header, ...rows].map((cells) => cells.join(','));
}

/** Sampled customers whom the campaign could mail, oldest week first; weeks whose outcome is not known yet are left out. */
function trainingRows(options: BankOptions): readonly TrainingRow[] {
  const bank = createBank(options);
  const random = new Random(options.seed, 4);
  const known: TrainingRow[] = [];
  const open: TrainingRow[][] = [];
  for (let week = 1; week < options.weeks; week++) {
    open.push(sampleWeek(bank, random));
    bank.nextWeek();
    const converted = new Set(bank.conversions.map(({ id }) => id));
    for (const row of open.flat()) if (converted.has(row.id)) row.label = 1;
    if (open.length === LABEL_WEEKS) known.push(...(open.shift() ?? []));
  }
  return known;
}

function sampleWeek(bank: Bank, random: Random): TrainingRow[] {
  const rows = bank.people
    .map((person) => customerRow(person, bank.asOf))
    .filter((row) => mayBeMailed(row) && random.chance(SAMPLED));
  const prices = bank.funds
    .between(bank.asOf - 60, bank.asOf)
    .map(({ day, fund, cents }) => ({ date: isoDate(day), fund, price: cents / 100 }));
  const matrix = new Float32Array(rows.length * features.length);
  const complete = new Uint8Array(rows.length);
  compileFeatures(features, layout, prices, isoDate(bank.asOf), []).compute(blockOf(rows), matrix, complete);
  return rows.flatMap(({ party_id }, row) => {
    const values = [...matrix.subarray(row * features.length, (row + 1) * features.length)];
    return complete[row] === 1 ? [{ week: bank.week, id: party_id, features: values, label: 0 }] : [];
  });
}

function mayBeMailed(row: CustomerRow): boolean {
  const barred =
    row.holds_product ||
    row.opted_out ||
    row.deceased ||
    row.fraud_flag ||
    row.relationship_ended ||
    row.address_bounced;
  return row.is_private && row.opt_in && !barred && row.age !== null && row.age >= 18 && row.age <= 74;
}

function blockOf(rows: readonly CustomerRow[]): ColumnBlock {
  return {
    rows: rows.length,
    numbers: layout.numbers.map((column) => Float64Array.from(rows, (row) => numberIn(row, column))),
    texts: [],
  };
}

/** A cell as a feed would bring it; the dates of the feed are in no feature. */
function numberIn(row: CustomerRow, { name, unit }: ContractColumn): number {
  const value = Object.entries(row).find(([column]) => column === name)?.[1];
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'number') return Number.NaN;
  return unit === 'EUR' ? value / 100 : value;
}

/** Five significant digits: more than a tree needs, and half the file. */
function decimal(value: number): string {
  return String(Number(value.toPrecision(5)));
}

if (import.meta.main) for (const line of trainingLines(BANK)) console.log(line);
