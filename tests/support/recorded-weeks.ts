import type { Services } from '../../src/use-cases/services.ts';
import { ServiceHarness } from './service-harness.ts';
import { customers, deliver, installSmall, SMALL } from './small-campaign.ts';

/** The settings under which the weeks below were recorded. */
export const RECORDED = {
  threshold: 0.5,
  capacity: 60,
  minAge: 20,
  holdoutShare: 0.2,
  explorationSize: 5,
  restWeeks: 2,
  volumeMin: 0,
  volumeMax: 75,
  marketWeekBand: { min: -0.1, max: 0.1 },
} as const;

/** How many customers each week has. */
export const SIZE = 200;

/** What the n-th customer is in a week: some are barred, scores move a little from week to week and some are equal. */
function person(n: number, week: number) {
  const likely = ((n * 7 + week * 13) % 50) / 100 + (n % 11 === 0 ? 0.5 : 0.1);
  return { likely, age: 15 + (n % 70), opt_in: n % 5 !== 0, opted_out: n % 17 === 0 };
}

/**
 * Ten weeks on record, 2026-W30 to W39, by a service whose clock stands later: all released but W35, in which all score above the
 * threshold and VOLUME_BAND halted, W36, in which the funds fell and MARKET_BAND halted, and W37, whose feed never came.
 */
export async function recordWeeks(changes: Partial<Services> = {}): Promise<ServiceHarness> {
  const harness = await ServiceHarness.start(changes);
  await installSmall(harness, RECORDED);
  for (let week = 30; week < 40; week++) {
    const market = week === 36 ? -0.2 : 0.05;
    const change = (n: number) => ({
      ...person(n, week),
      ...(week === 35 ? { likely: 0.8, opt_in: true } : {}),
    });
    if (week !== 37)
      await deliver(harness, { week: `2026-W${week}`, customers: customers(SIZE, change), market });
    const run = await harness.run(SMALL, `2026-W${week}`);
    if (run.status === 'AWAITING_REVIEW') await harness.release(run);
  }
  return harness;
}
