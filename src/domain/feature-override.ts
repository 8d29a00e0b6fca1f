import type { FeatureOverride } from './campaign.ts';
import type { IsoDate } from './week.ts';

/** Whether an override holds on a day: `expires` is the first on which it does not. Of a run the day is its feed's `asOf`. */
export function holdsOn({ expires }: Pick<FeatureOverride, 'expires'>, day: IsoDate): boolean {
  return day < expires;
}
