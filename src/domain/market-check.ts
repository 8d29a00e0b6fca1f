import type { Band, Config } from './campaign.ts';
import { type Check, check, percent } from './check.ts';
import { type FundPrice, fundChange } from './feature.ts';
import { type FeatureShift, shifted } from './feature-shift.ts';
import type { IsoDate } from './week.ts';

/**
 * Outside the band that the model knows nobody sails on it: the change of the funds over a week and over four (domain.md, step 4).
 * @param shiftsOver what if the change over so many days were otherwise
 */
export function judgeMarket(
  funds: readonly FundPrice[],
  asOf: IsoDate,
  config: Config,
  shiftsOver: (days: number) => readonly FeatureShift[] = () => [],
): readonly Check[] {
  const change = (days: number) => {
    const measured = fundChange(funds, asOf, days);
    return measured === null ? null : shifted(measured, shiftsOver(days));
  };
  return [
    judge('the week', config.marketWeekBand, () => change(7)),
    judge('four weeks', config.marketMonthBand, () => change(28)),
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
