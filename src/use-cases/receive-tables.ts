import { type Check, check } from '../domain/check.ts';
import { FUND_DAYS, FUNDS, MAILINGS, OUTCOMES, PLANNED_DAYS } from '../domain/feed-table.ts';
import type { ManifestFile } from '../domain/manifest.ts';
import type { FeedDelivery } from '../domain/ports.ts';
import { addDays, isoDate } from '../domain/week.ts';
import { noteContacts } from '../store/contact.store.ts';
import { noteConversions } from '../store/conversion.store.ts';
import { addFundPrices, fundSpan } from '../store/fund-price.store.ts';
import type { RejectedRow } from '../store/run-record.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { haltAt, haltFeed, placeOf, readFeedFile } from './feed-reading.ts';
import type { StepContext } from './run-step.ts';

/** A file of a delivery as feed.json promises it. */
export type PromisedFile = FeedDelivery['manifest']['files'][number];

/** Reads `funds.csv`; a wrong market would mislead the whole week, so that every price must be one that can be used. */
export async function readFunds(
  tx: Transaction,
  { run }: StepContext,
  delivery: FeedDelivery,
  promised: PromisedFile,
  rejected: RejectedRow[],
): Promise<ManifestFile> {
  const known = new Set<string>();
  const file = await readFeedFile(
    delivery,
    promised,
    {
      contract: FUNDS,
      required: FUNDS.required,
      lastDay: delivery.manifest.asOf,
      uniqueKeys: false,
      onBlock: async (block, lines) => {
        block.customers.forEach((fund, row) => {
          const day = `${fund} ${block.numbers[0]?.[row]}`;
          if (known.has(day)) {
            const fault = { line: lines[row] ?? 0, field: 'date', rule: 'stands twice for the fund' };
            haltAt('FEED_FUNDS', promised.name, fault, 'one price a day and fund');
          }
          known.add(day);
        });
        await addFundPrices(tx, run.id, block);
      },
    },
    rejected,
  );
  const [first] = rejected;
  if (first !== undefined) {
    haltFeed('FEED_FUNDS', {
      measured: `line ${first.line}`,
      limit: 'every price can be used',
      message: placeOf(first),
      subject: first.field,
    });
  }
  return file;
}

/** Market bands and features of the market need prices of every fund, over at least 60 days up to the feed's `asOf`. */
export async function judgeFunds(
  tx: Transaction,
  { run, config, model }: StepContext,
  asOf: string,
): Promise<Check> {
  const changes = model.card.features.flatMap(({ recipe }) =>
    'fundChange' in recipe ? [recipe.fundChange.days] : [],
  );
  const needed = changes.length > 0 || config.marketWeekBand !== null || config.marketMonthBand !== null;
  const days = Math.max(FUND_DAYS, ...changes);
  const { funds, first, last } = await fundSpan(tx, run.id);
  const measured = first === null || last === null ? 'no prices' : `${first} to ${last}`;
  // Markets close for long weekends; a price that is older than ten days is not the week's.
  const enough =
    first !== null && last !== null && first <= addDays(asOf, -days) && last >= addDays(asOf, -10);
  if (needed && !enough) {
    haltFeed('FEED_FUNDS', {
      measured,
      limit: `${addDays(asOf, -days)} to ${asOf}`,
      message: `funds.csv does not hold prices of every fund from ${addDays(asOf, -days)} (${days} days) to ${asOf}: ${measured}`,
    });
  }
  return check('FEED_FUNDS', 'PASS', {
    measured,
    limit: needed ? `${days} days up to ${asOf}` : 'none needed',
    message: `prices of ${funds} funds`,
  });
}

export function readMailings(
  tx: Transaction,
  delivery: FeedDelivery,
  promised: PromisedFile,
  rejected: RejectedRow[],
): Promise<ManifestFile> {
  return readFeedFile(
    delivery,
    promised,
    {
      contract: MAILINGS,
      required: MAILINGS.required,
      lastDay: addDays(delivery.manifest.asOf, PLANNED_DAYS),
      uniqueKeys: false,
      onBlock: ({ customers, numbers, texts }) =>
        noteContacts(
          tx,
          customers.map((customer, row) => ({
            customer,
            sentOn: isoDate(numbers[0]?.[row] ?? Number.NaN),
            mailing: texts[0]?.[row] ?? '',
          })),
          null,
        ),
    },
    rejected,
  );
}

export function readOutcomes(
  tx: Transaction,
  { run }: StepContext,
  delivery: FeedDelivery,
  promised: PromisedFile,
  rejected: RejectedRow[],
): Promise<ManifestFile> {
  return readFeedFile(
    delivery,
    promised,
    {
      contract: OUTCOMES,
      required: OUTCOMES.required,
      lastDay: delivery.manifest.asOf,
      uniqueKeys: false,
      onBlock: (block) => noteConversions(tx, run.campaign, block),
    },
    rejected,
  );
}
