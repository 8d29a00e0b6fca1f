import { type Check, check, halts } from '../domain/check.ts';
import { ColumnCounter } from '../domain/column-counter.ts';
import { type FeedMeasures, judgeFeed, judgeFreshness } from '../domain/feed-check.ts';
import type { ManifestFile } from '../domain/manifest.ts';
import { type FeedDelivery, FeedError } from '../domain/ports.ts';
import { dateIn, mondayOf, sundayOf } from '../domain/week.ts';
import { knownState } from '../store/contact.store.ts';
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
import { HaltedByChecks, haltFeed, placeOf, readFeedFile } from './feed-reading.ts';
import { judgeFunds, type PromisedFile, readFunds, readMailings, readOutcomes } from './receive-tables.ts';
import type { RunningStep, StepContext, StepResult } from './run-step.ts';

/** Receives and checks the feed of a run's week and freezes its rows (domain.md, steps 2 and 3). Throws HaltedByChecks. */
export async function receiveFeed(tx: Transaction, context: RunningStep): Promise<StepResult> {
  const passed: Check[] = [];
  const rejected: RejectedRow[] = [];
  try {
    return await receive(tx, context, passed, rejected);
  } catch (error) {
    // Whoever reads of the halt sees what had been found until then.
    if (error instanceof HaltedByChecks) throw new HaltedByChecks([...passed, ...error.checks], rejected);
    if (error instanceof FeedError) throw new HaltedByChecks([...passed, unreadable(error)], rejected);
    throw error;
  }
}

async function receive(
  tx: Transaction,
  context: RunningStep,
  passed: Check[],
  rejected: RejectedRow[],
): Promise<StepResult> {
  const { run, config } = context;
  const delivery = await findFeed(context);
  const { asOf } = delivery.manifest;
  passed.push(pass('FEED_PRESENT', 'the feed has been delivered'));
  const fresh = freshness(context, delivery);
  if (halts([fresh])) throw new HaltedByChecks([fresh]);
  passed.push(fresh);

  const promised = new Map(delivery.manifest.files.map((file) => [file.name, file]));
  const files: ManifestFile[] = [];
  const funds = promised.get('funds.csv');
  if (funds !== undefined) files.push(await readFunds(tx, context, delivery, funds, rejected));
  passed.push(await judgeFunds(tx, context, asOf));
  const mailings = promised.get('mailings.csv');
  if (mailings !== undefined) files.push(await readMailings(tx, delivery, mailings, rejected));
  const outcomes = promised.get('outcomes.csv');
  if (outcomes !== undefined) files.push(await readOutcomes(tx, context, delivery, outcomes, rejected));
  const table = promised.get('customers.csv') ?? promised.get('customers.parquet');
  if (table === undefined) throw new Error('a manifest names a customers file');
  const customers = await readCustomers(tx, context, delivery, table, rejected);
  files.push(customers.file);
  passed.push(
    pass('FEED_SCHEMA', 'the columns are exactly those of the feed contract'),
    pass('FEED_DIGEST', 'the files are those that feed.json names'),
    pass('FEED_FORBIDDEN', 'no forbidden data, by name or by value'),
    pass('FEED_KEYS', 'every key stands once'),
  );
  const judged = judgeFeed(customers.measures, await feedHistory(tx, run.campaign, run.week), config);
  if (halts(judged)) throw new HaltedByChecks(judged);
  passed.push(...judged);

  const { rows, digest } = customers.snapshot;
  await addRejectedRows(tx, run.id, rejected);
  await addFeedFiles(tx, run.id, files);
  await addMeasures(tx, run.id, measuresOf(customers.measures));
  await addChecks(tx, run.id, passed);
  await tx.update(
    RunRow,
    { id: run.id },
    { asOf, snapshotRows: rows, rejectedRows: customers.file.rejected, snapshotDigest: digest },
  );
  const details = {
    asOf,
    files: files.map((file) => `${file.name} ${file.digest}`),
    rows,
    rejected: customers.file.rejected,
  };
  return { status: null, facts: { campaign: run.campaign, subject: run.id, digest, details } };
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
  const { campaign, week } = delivery.manifest;
  const wrong = (field: string, measured: string, limit: string) =>
    haltFeed('FEED_MANIFEST', {
      measured,
      limit,
      message: `feed.json, ${field} is ${measured} where ${limit} is due`,
      subject: field,
    });
  if (campaign !== run.campaign) wrong('campaign', campaign, run.campaign);
  if (week !== run.week) wrong('week', week, run.week);
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

async function readCustomers(
  tx: Transaction,
  context: RunningStep,
  delivery: FeedDelivery,
  promised: PromisedFile,
  rejected: RejectedRow[],
) {
  const { run, services, contract, config, campaign, atHand } = context;
  const { asOf } = delivery.manifest;
  const flowWindow = 7 * config.restWeeks + Math.max(0, ...campaign.definition.flowDays);
  const known = await knownState(tx, run.campaign, asOf, flowWindow);
  const counter = new ColumnCounter(contract);
  await using writer = await SnapshotWriter.open(tx, run.id, services.randomness);
  const file = await readFeedFile(
    delivery,
    promised,
    {
      contract,
      required: [],
      lastDay: asOf,
      uniqueKeys: true,
      onBlock: async (block) => {
        counter.add(block);
        const state = known.stateOf(block.customers);
        await writer.append(block, state);
        atHand.add(block, state);
        context.progress(counter.rows, promised.rows);
      },
    },
    rejected,
  );
  const first = rejected.find((row) => row.file === promised.name);
  const firstRejected = first === undefined ? null : placeOf(first);
  const measures = { ...counter.measures(), rejected: file.rejected, firstRejected };
  const snapshot = await writer.seal(tx, run.id);
  atHand.sealed(snapshot.digest);
  return { file, measures, snapshot };
}

function pass(name: Check['name'], message: string): Check {
  return check(name, 'PASS', { measured: 'as it should be', limit: 'as it should be', message });
}

/** What bytes should be that cannot be read as what they claim to be. */
const READABLE: Readonly<Record<FeedError['check'], string>> = {
  FEED_MANIFEST: 'a manifest of the format feed/1',
  FEED_FORMAT: 'CSV (RFC 4180, UTF-8) or Parquet',
  FEED_DIGEST: 'the files that feed.json names',
  FEED_SCHEMA: 'the columns of the feed contract',
};

function unreadable({ check: name, file, line, field, message }: FeedError): Check {
  const measured = line === null ? file : `line ${line}`;
  return check(name, 'HALT', { measured, limit: READABLE[name], message, subject: field });
}

function measuresOf({ rows, nulls, rates }: FeedMeasures): readonly Measure[] {
  return [
    { name: 'ROWS', subject: '', value: [rows] },
    ...Array.from(nulls, ([subject, share]): Measure => ({ name: 'NULLS', subject, value: [share] })),
    ...Array.from(rates, ([subject, share]): Measure => ({ name: 'RATES', subject, value: [share] })),
  ];
}
