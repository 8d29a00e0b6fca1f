import { createHash } from 'node:crypto';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays, type IsoWeek, isoDate, weeksBetween } from '../domain/week.ts';
import type { Bank } from './bank.ts';
import { type CustomerRow, customerRow } from './bank-row.ts';
import { Random } from './random.ts';

const CAMPAIGN = 'investing-retail';
/** The columns of customers.csv, as the campaign's feed contract names them. */
export const CUSTOMER_COLUMNS = [
  'party_id',
  'age',
  'is_private',
  'holds_product',
  'opt_in',
  'opt_in_on',
  'opted_out',
  'deceased',
  'fraud_flag',
  'relationship_ended',
  'address_bounced',
  'has_app',
  'accounts',
  'logins_30d',
  'balance',
  'balance_2w',
  'balance_4w',
  'savings_balance',
  'holding',
] as const satisfies readonly (keyof CustomerRow)[];

const PRICE_DAYS = 140;
const ROWS_PER_CHUNK = 2_000;
/** Share of rows that no contract would accept: warehouses are like that. */
const SPOILT_SHARE = 0.0003;
/** Columns in which a value is now and then missing, and how often. */
const GAPS = [
  ['age', 0.0005],
  ['has_app', 0.001],
  ['accounts', 0.002],
  ['logins_30d', 0.004],
  ['balance', 0.0005],
  ['balance_2w', 0.001],
  ['balance_4w', 0.001],
  ['savings_balance', 0.001],
] as const satisfies readonly (readonly [keyof CustomerRow, number])[];

interface WrittenFile {
  readonly name: string;
  readonly rows: number;
  readonly sha256: string;
}

/**
 * Lets the bank live up to a week and writes that week's feed (feed.md §1) to `<inbox>/<campaign>/<week>/`,
 * the manifest last. Writing the current week again writes the same bytes; an earlier week is a RangeError.
 */
export async function writeFeed(bank: Bank, week: IsoWeek, inbox: string): Promise<void> {
  if (weeksBetween(bank.week, week) < 0) throw new RangeError(`${week} is past: the bank is at ${bank.week}`);
  while (bank.week !== week) bank.nextWeek();
  const folder = join(inbox, CAMPAIGN, week);
  await mkdir(folder, { recursive: true });
  const files = [
    await writeTable(folder, 'customers.csv', CUSTOMER_COLUMNS, customerLines(bank)),
    await writeTable(folder, 'funds.csv', ['date', 'fund', 'price'], fundLines(bank)),
    await writeTable(folder, 'mailings.csv', ['party_id', 'sent_on', 'mailing'], mailingLines(bank)),
    await writeTable(folder, 'outcomes.csv', ['party_id', 'converted_on', 'amount'], outcomeLines(bank)),
  ];
  const asOf = isoDate(bank.asOf);
  // Saturday 23:00 UTC is Sunday in Amsterdam, summer and winter, and not after 01:00, when the run starts.
  const producedAt = `${addDays(asOf, -1)}T23:00:00Z`;
  const manifest = { format: 'feed/1', campaign: CAMPAIGN, week, asOf, producedAt, files };
  const temporary = join(folder, 'feed.json.part');
  await writeFile(temporary, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(temporary, join(folder, 'feed.json'));
}

async function writeTable(
  folder: string,
  name: string,
  columns: readonly string[],
  lines: Iterable<string>,
): Promise<WrittenFile> {
  const hash = createHash('sha256');
  const file = await open(join(folder, name), 'w');
  let rows = 0;
  let chunk = `${columns.join(',')}\n`;
  const flush = async () => {
    const bytes = Buffer.from(chunk);
    hash.update(bytes);
    await file.writeFile(bytes);
    chunk = '';
  };
  try {
    for (const line of lines) {
      chunk += `${line}\n`;
      if (++rows % ROWS_PER_CHUNK === 0) await flush();
    }
    await flush();
  } finally {
    await file.close();
  }
  return { name, rows, sha256: hash.digest('hex') };
}

function* customerLines(bank: Bank): Iterable<string> {
  // A stream of its own: writing a week leaves the bank's further life as it is.
  const { seed, asOf, people } = bank;
  const random = new Random(seed, asOf);
  const spoilt = new Set<number>();
  while (spoilt.size < Math.floor(people.length * SPOILT_SHARE)) spoilt.add(random.integer(0, people.length));
  for (const [index, person] of people.entries()) {
    const row = customerRow(person, asOf);
    leaveGap(row, random.fraction());
    yield spoilt.has(index) ? spoiltLine(row, index) : customerLine(row);
  }
}

function leaveGap(row: CustomerRow, draw: number): void {
  let rest = draw;
  for (const [column, share] of GAPS) {
    if (rest < share) {
      row[column] = null;
      return;
    }
    rest -= share;
  }
}

function spoiltLine(row: CustomerRow, index: number): string {
  if (index % 2 === 0) return customerLine({ ...row, age: 200 });
  const cells = customerLine(row).split(',');
  cells[CUSTOMER_COLUMNS.indexOf('balance')] = 'n/a';
  return cells.join(',');
}

/** The cells in the order of CUSTOMER_COLUMNS, written out because this line is written a million times. */
function customerLine(row: CustomerRow): string {
  return `${row.party_id},${row.age ?? ''},${row.is_private},${row.holds_product},${row.opt_in},${row.opt_in_on ?? ''},${
    row.opted_out
  },${row.deceased},${row.fraud_flag},${row.relationship_ended},${row.address_bounced},${row.has_app ?? ''},${
    row.accounts ?? ''
  },${row.logins_30d ?? ''},${euros(row.balance)},${euros(row.balance_2w)},${euros(row.balance_4w)},${euros(
    row.savings_balance,
  )},${row.holding}`;
}

function* fundLines(bank: Bank): Iterable<string> {
  for (const { day, fund, cents } of bank.funds.between(bank.asOf - PRICE_DAYS, bank.asOf)) {
    yield `${isoDate(day)},${fund},${euros(cents)}`;
  }
}

function* mailingLines(bank: Bank): Iterable<string> {
  for (const { name, day, to } of bank.mailings) {
    const date = isoDate(day);
    for (const { id } of to) yield `${id},${date},${name}-${date}`;
  }
}

function* outcomeLines(bank: Bank): Iterable<string> {
  for (const { id, day, amount } of bank.conversions) yield `${id},${isoDate(day)},${euros(amount)}`;
}

/** Cents as euros with two decimals; nothing for a missing amount. */
function euros(cents: number | null): string {
  if (cents === null) return '';
  const rest = cents % 100;
  return `${(cents - rest) / 100}.${rest < 10 ? '0' : ''}${rest}`;
}
