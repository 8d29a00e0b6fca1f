import { type Check, check, halts } from '../domain/check.ts';
import { type FeedMeasures, judgeFeed, judgeFreshness } from '../domain/feed-check.ts';
import { type FeedContract, layoutOf } from '../domain/feed-contract.ts';
import type { RowBlock } from '../domain/feed-row.ts';
import { FUND_DAYS, FUNDS, MAILINGS, OUTCOMES, PLANNED_DAYS } from '../domain/feed-table.ts';
import type { ManifestFile } from '../domain/manifest.ts';
import type { FeedDelivery } from '../domain/ports.ts';
import { addDays, dateIn, isoDate, mondayOf, sundayOf } from '../domain/week.ts';
import { knownState, noteContacts } from '../store/contact.store.ts';
import { noteConversions } from '../store/conversion.store.ts';
import { addFundPrices } from '../store/fund-price.store.ts';
import { RunRow } from '../store/run.row.ts';
import {
  addChecks,
  addFeedFiles,
  addMeasures,
  addRejectedRows,
  feedHistory,
  type Measure,
  type RejectedRow,
} from '../store/run-record.store.ts';
import { SnapshotWriter } from '../store/snapshot.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { HaltedByChecks, haltFeed, readFeedFile } from './feed-reading.ts';
import type { StepContext, StepResult } from './run-step.ts';

/** Receives and checks the feed of a run's week and freezes its rows (domain.md, steps 2 and 3). Throws HaltedByChecks. */
export async function receiveFeed(tx: Transaction, context: StepContext): Promise<StepResult> {
  const { run } = context;
  const delivery = await findFeed(context);
  const { asOf } = delivery.manifest;
  const passed: Check[] = [
    check('FEED_PRESENT', 'PASS', {
      measured: 'present',
      limit: 'present',
      message: 'the feed has been delivered',
    }),
    freshness(context, delivery),
  ];
  if (halts(passed)) throw new HaltedByChecks(passed);

  const files: ManifestFile[] = [];
  const rejected: RejectedRow[] = [];
  const take = (read: { file: ManifestFile; rejected: readonly RejectedRow[] }) => {
    files.push(read.file);
    rejected.push(...read.rejected);
  };
  const names = delivery.manifest.files.map(({ name }) => name);
  if (names.includes('funds.csv')) take(await readFunds(tx, context, delivery));
  passed.push(await fundsCheck(tx, context, asOf));
  if (names.includes('mailings.csv')) take(await readMailings(tx, delivery));
  if (names.includes('outcomes.csv')) take(await readOutcomes(tx, context, delivery));
  const customers = await readCustomers(tx, context, delivery);
  take(customers.read);

  const measures: FeedMeasures = {
    ...customers.measures,
    rejected: customers.read.rejected.length,
    firstRejected: customers.read.rejected[0] ?? null,
  };
  const judged = judgeFeed(measures, await feedHistory(tx, run.campaign, run.week), context.config);
  const fine = { limit: 'none', measured: 'none' };
  passed.push(
    check('FEED_SCHEMA', 'PASS', { ...fine, message: 'the columns are exactly those of the feed contract' }),
    check('FEED_DIGEST', 'PASS', { ...fine, message: 'the files are those that feed.json names' }),
    check('FEED_FORBIDDEN', 'PASS', { ...fine, message: 'no forbidden data, by name or by value' }),
    check('FEED_KEYS', 'PASS', { ...fine, message: 'every key stands once' }),
    ...judged,
  );
  if (halts(judged)) throw new HaltedByChecks(passed, rejected);

  await addRejectedRows(tx, run.id, rejected);
  await addFeedFiles(tx, run.id, files);
  await addMeasures(tx, run.id, measuresOf(measures));
  await addChecks(tx, run.id, passed);
  await tx.update(
    RunRow,
    { id: run.id },
    {
      asOf,
      snapshotRows: customers.snapshot.rows,
      rejectedRows: measures.rejected,
      snapshotDigest: customers.snapshot.digest,
    },
  );
  return {
    status: null,
    facts: {
      campaign: run.campaign,
      subject: run.id,
      digest: customers.snapshot.digest,
      details: { week: run.week, rows: customers.snapshot.rows, rejected: measures.rejected },
    },
  };
}

async function findFeed({ services, run }: StepContext): Promise<FeedDelivery> {
  const delivery = await services.feeds.find(run.campaign, run.week);
  if (delivery === undefined) {
    return haltFeed('FEED_PRESENT', {
      measured: 'absent',
      limit: 'present',
      message: `the feed of ${run.week} has not been delivered: there is no feed.json for it`,
    });
  }
  const { campaign, week, files } = delivery.manifest;
  const wrong = (field: string, measured: string, limit: string) =>
    haltFeed('FEED_MANIFEST', {
      measured,
      limit,
      message: `feed.json, ${field} is ${measured} where ${limit} is due`,
    });
  if (campaign !== run.campaign) wrong('campaign', campaign, run.campaign);
  if (week !== run.week) wrong('week', week, run.week);
  const tables = files.filter(({ name }) => name.startsWith('customers.')).length;
  if (tables !== 1) wrong('files', `${tables} customers files`, 'one of customers.csv, customers.parquet');
  return delivery;
}

function freshness({ campaign, run, services }: StepContext, { manifest }: FeedDelivery): Check {
  const { timeZone } = campaign.definition;
  return judgeFreshness({
    asOf: manifest.asOf,
    monday: mondayOf(run.week),
    sunday: sundayOf(run.week),
    producedOn: dateIn(timeZone, manifest.producedAt),
    today: dateIn(timeZone, services.clock.now()),
  });
}

async function readFunds(tx: Transaction, { run }: StepContext, delivery: FeedDelivery) {
  const read = await readFeedFile(delivery, 'funds.csv', {
    contract: FUNDS,
    lastDay: delivery.manifest.asOf,
    uniqueKeys: false,
    onBlock: (block) => addFundPrices(tx, run.id, block),
  });
  const [first] = read.rejected;
  if (first !== undefined) {
    haltFeed('FEED_FUNDS', {
      measured: `line ${first.line}`,
      limit: 'every price is used',
      message: `funds.csv, line ${first.line}, ${first.field} ${first.rule}`,
    });
  }
  return read;
}

/** Prices are needed by market bands and by features of the market: at least 60 days of them, up to the feed's `asOf`. */
async function fundsCheck(
  tx: Transaction,
  { run, config, model }: StepContext,
  asOf: string,
): Promise<Check> {
  const needed =
    config.marketWeekBand !== null ||
    config.marketMonthBand !== null ||
    model.card.features.some(({ recipe }) => 'fundChange' in recipe);
  const [span]: { funds: number; first: string | null; last: string | null }[] = await tx.query(
    `select count(*)::int as funds, to_char(max(first), 'YYYY-MM-DD') as first, to_char(min(last), 'YYYY-MM-DD') as last
     from (select min(date) as first, max(date) as last from fund_price where run_id = $1 group by fund) f`,
    [run.id],
  );
  const limit = `${FUND_DAYS} days up to ${asOf}`;
  const measured = span === undefined || span.first === null ? 'no prices' : `${span.first} to ${span.last}`;
  // Markets close for long weekends; a price that is older than ten days is not the week's.
  const enough =
    span?.first != null &&
    span.last != null &&
    span.first <= addDays(asOf, -FUND_DAYS) &&
    span.last >= addDays(asOf, -10);
  if (needed && !enough) {
    haltFeed('FEED_FUNDS', {
      measured,
      limit,
      message: `funds.csv does not hold ${limit} for every fund: ${measured}`,
    });
  }
  return check('FEED_FUNDS', 'PASS', {
    measured,
    limit: needed ? limit : 'none needed',
    message: `prices of ${span?.funds ?? 0} funds`,
  });
}

function readMailings(tx: Transaction, delivery: FeedDelivery) {
  return readFeedFile(delivery, 'mailings.csv', {
    contract: MAILINGS,
    lastDay: addDays(delivery.manifest.asOf, PLANNED_DAYS),
    uniqueKeys: false,
    onBlock: ({ customers, numbers, texts }) =>
      noteContacts(
        tx,
        customers.map((customer, row) => ({
          customer,
          sentOn: isoDate(numbers[0]?.[row] ?? 0),
          mailing: texts[0]?.[row] ?? '',
        })),
        null,
      ),
  });
}

function readOutcomes(tx: Transaction, { run }: StepContext, delivery: FeedDelivery) {
  return readFeedFile(delivery, 'outcomes.csv', {
    contract: OUTCOMES,
    lastDay: delivery.manifest.asOf,
    uniqueKeys: false,
    onBlock: (block) => noteConversions(tx, run.campaign, block),
  });
}

async function readCustomers(tx: Transaction, context: StepContext, delivery: FeedDelivery) {
  const { run, services, contract, config, campaign } = context;
  const { asOf, files } = delivery.manifest;
  const promised = files.find(({ name }) => name.startsWith('customers.'));
  const flowWindow = 7 * config.restWeeks + Math.max(0, ...campaign.definition.flowDays);
  const known = await knownState(tx, run.campaign, asOf, flowWindow);
  const writer = await SnapshotWriter.open(tx, run.id, services.randomness);
  const counter = new ColumnCounter(contract);
  const read = await readFeedFile(delivery, promised?.name ?? '', {
    contract,
    lastDay: asOf,
    uniqueKeys: true,
    onBlock: async (block) => {
      counter.add(block);
      await writer.append(block, known.stateOf(block.customers));
      context.progress(counter.rows, promised?.rows ?? 0);
    },
  });
  return { read, snapshot: await writer.seal(tx, run.id), measures: counter.measures() };
}

/** Counts, per column, what the checks of the weeks compare. */
class ColumnCounter {
  rows = 0;
  readonly #layout;
  readonly #missing = new Map<string, number>();
  readonly #true = new Map<string, number>();

  constructor(contract: FeedContract) {
    this.#layout = layoutOf(contract);
    for (const { name, type, category } of contract.columns) {
      if (category !== 'key') this.#missing.set(name, 0);
      if (category === 'eligibility' && type === 'boolean') this.#true.set(name, 0);
    }
  }

  add(block: RowBlock): void {
    this.rows += block.rows;
    this.#layout.numbers.forEach(({ name }, i) => {
      let missing = 0;
      let sum = 0;
      for (const value of block.numbers[i] ?? []) {
        if (Number.isNaN(value)) missing++;
        else sum += value;
      }
      this.#missing.set(name, (this.#missing.get(name) ?? 0) + missing);
      const before = this.#true.get(name);
      if (before !== undefined) this.#true.set(name, before + sum);
    });
    this.#layout.texts.forEach(({ name }, i) => {
      const missing = (block.texts[i] ?? []).filter((text) => text === null).length;
      this.#missing.set(name, (this.#missing.get(name) ?? 0) + missing);
    });
  }

  measures(): Pick<FeedMeasures, 'rows' | 'nulls' | 'rates'> {
    const share = (count: number) => (this.rows === 0 ? 0 : count / this.rows);
    return {
      rows: this.rows,
      nulls: new Map(Array.from(this.#missing, ([name, count]) => [name, share(count)])),
      rates: new Map(Array.from(this.#true, ([name, count]) => [name, share(count)])),
    };
  }
}

function measuresOf({ rows, nulls, rates }: FeedMeasures): readonly Measure[] {
  return [
    { name: 'ROWS', subject: '', value: [rows] },
    ...Array.from(nulls, ([subject, share]): Measure => ({ name: 'NULLS', subject, value: [share] })),
    ...Array.from(rates, ([subject, share]): Measure => ({ name: 'RATES', subject, value: [share] })),
  ];
}
