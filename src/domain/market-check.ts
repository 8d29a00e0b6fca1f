import type { Band, Config } from './campaign.ts';
import { type Check, check, percent } from './check.ts';
import { type FundPrice, fundChange } from './feature.ts';
import type { IsoDate } from './week.ts';

/** Outside the band that the model knows nobody sails on it: the change of the funds over a week and over four (domain.md, step 4). */
export function judgeMarket(funds: readonly FundPrice[], asOf: IsoDate, config: Config): readonly Check[] {
  return [
    judge('the week', config.marketWeekBand, () => fundChange(funds, asOf, 7)),
    judge('four weeks', config.marketMonthBand, () => fundChange(funds, asOf, 28)),
  ].flat();
}

function judge(span: string, band: Band | null, measure: () => number | null): readonly Check[] {
  if (band === null) return [];
  const change = measure();
  const inside = change !== null && change >= band.min && change <= band.max;
  const measured = change === null ? 'unknown' : percent(change);
  return [
    check('MARKET_BAND', inside ? 'PASS' : 'HALT', {
      measured,
      limit: `${percent(band.min)} to ${percent(band.max)}`,
      message: inside
        ? `the funds changed by ${measured} over ${span}`
        : `the funds changed by ${measured} over ${span}: outside the band that the model knows`,
      subject: span,
    }),
  ];
}
