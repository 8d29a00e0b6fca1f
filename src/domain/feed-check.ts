import type { Config } from './campaign.ts';
import { type Check, check, limitText, median, percent, verdictAbove } from './check.ts';
import type { IsoDate } from './week.ts';

/** What a feed's customers file measured. Shares are of the accepted rows. */
export interface FeedMeasures {
  readonly rows: number;
  readonly rejected: number;
  /** The first row of the customers file that is not used, as file, line, field and rule. */
  readonly firstRejected: string | null;
  /** Per column, the share of missing values. */
  readonly nulls: ReadonlyMap<string, number>;
  /** Per boolean eligibility column, the share of true. */
  readonly rates: ReadonlyMap<string, number>;
}

/** The same of the last weeks' feeds, newest first. */
export interface FeedHistory {
  readonly rows: readonly number[];
  readonly nulls: ReadonlyMap<string, readonly number[]>;
  readonly rates: ReadonlyMap<string, readonly number[]>;
}

/** Judges an accepted feed against its limits and the weeks before (domain.md, step 2; limits of feed.md §0). */
export function judgeFeed(measures: FeedMeasures, history: FeedHistory, config: Config): readonly Check[] {
  return [
    rowsCheck(measures.rows, history.rows, config),
    rejectedCheck(measures, config),
    ...changes('FEED_NULLS', measures.nulls, history.nulls, config),
    ...changes('FEED_RATES', measures.rates, history.rates, config),
  ];
}

function rowsCheck(rows: number, past: readonly number[], config: Config): Check {
  const limit = config.limits.FEED_ROWS;
  if (rows === 0) {
    return check('FEED_ROWS', 'HALT', {
      measured: '0',
      limit: 'at least 1',
      message: 'the feed has no row that can be used',
    });
  }
  const usual = median(past);
  const deviation = usual === undefined ? 0 : Math.abs(rows - usual) / Math.max(usual, 1);
  return check('FEED_ROWS', verdictAbove(deviation, limit), {
    measured: usual === undefined ? `${rows}, no earlier weeks` : percent(deviation),
    limit: limitText(limit, percent),
    message:
      usual === undefined ? `${rows} rows` : `${rows} rows; the median of the weeks before is ${usual}`,
  });
}

function rejectedCheck({ rows, rejected, firstRejected }: FeedMeasures, config: Config): Check {
  const limit = config.limits.FEED_REJECTED;
  const share = rejected === 0 ? 0 : rejected / (rows + rejected);
  const example = firstRejected === null ? '' : `; the first: ${firstRejected}`;
  return check('FEED_REJECTED', verdictAbove(share, limit), {
    measured: percent(share),
    limit: limitText(limit, percent),
    message: `${rejected} of ${rows + rejected} rows are not used${example}`,
  });
}

/** Per column, a rise of missing values or a change of a rate against the median of the weeks before. */
function changes(
  name: 'FEED_NULLS' | 'FEED_RATES',
  now: ReadonlyMap<string, number>,
  past: ReadonlyMap<string, readonly number[]>,
  config: Config,
): readonly Check[] {
  const limit = config.limits[name];
  return Array.from(now, ([column, share]) => {
    const usual = median(past.get(column) ?? []);
    const change = usual === undefined ? 0 : name === 'FEED_NULLS' ? share - usual : Math.abs(share - usual);
    const what = name === 'FEED_NULLS' ? 'missing' : 'true';
    return check(name, verdictAbove(change, limit), {
      measured:
        usual === undefined ? `${percent(share)}, no earlier weeks` : `${percent(usual)} → ${percent(share)}`,
      limit: limitText(limit, percent),
      message: `${column}: ${percent(share)} are ${what}${usual === undefined ? '' : `; the median of the weeks before is ${percent(usual)}`}`,
      subject: column,
    });
  });
}

/** Whether the manifest's `asOf` lies in the week, the feed was produced no earlier than it, and neither is in the future. */
export function judgeFreshness(facts: {
  readonly asOf: IsoDate;
  readonly monday: IsoDate;
  readonly sunday: IsoDate;
  readonly producedOn: IsoDate;
  readonly today: IsoDate;
}): Check {
  const { asOf, monday, sunday, producedOn, today } = facts;
  const fault =
    asOf > today
      ? `asOf (${asOf}) lies in the future: today is ${today}`
      : producedOn > today
        ? `producedAt (${producedOn}) lies in the future: today is ${today}`
        : asOf > sunday
          ? `asOf (${asOf}) lies after the week, which ends on ${sunday}`
          : asOf < monday
            ? `asOf (${asOf}) lies before the week, which begins on ${monday}: the warehouse has not closed it yet`
            : producedOn < asOf
              ? `producedAt (${producedOn}) lies before asOf (${asOf})`
              : null;
  return check('FEED_FRESH', fault === null ? 'PASS' : 'HALT', {
    measured: asOf,
    limit: `${monday} to ${sunday}`,
    message: fault === null ? `the data are as of ${asOf}` : `feed.json, ${fault}`,
  });
}
