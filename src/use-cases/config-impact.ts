import type { Config } from '../domain/campaign.ts';
import type { ConfigImpact, WeekImpact } from '../domain/config-impact.ts';
import type { SimulatedWeek } from '../domain/replay.ts';
import { SimulatedWeeks } from '../domain/simulated-weeks.ts';
import { lastDecidedRuns, recordedPast } from '../store/recorded-weeks.reads.ts';
import { PAST_WEEKS } from '../store/run-record.store.ts';
import { replayWeeks } from './replay-weeks.ts';
import type { Services } from './services.ts';

/**
 * What settings would have made of the last weeks of a campaign that were decided, each replayed with the model that it ran with:
 * who enters and leaves is exact, customer by customer. Reads in transactions of its own: call it outside of an act's. Throws the
 * signal's reason where it is ended.
 */
export async function configImpact(
  services: Services,
  campaign: string,
  settings: Config,
  weeks: number,
  signal: AbortSignal,
): Promise<ConfigImpact> {
  const { manager } = services.db;
  const runs = await lastDecidedRuns(manager, campaign, weeks);
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined)
    return { weeks: [], warnings: ['no week was decided yet: there is nothing to compare with'] };
  const span = { from: first.week, to: last.week, before: PAST_WEEKS };
  const judged = new SimulatedWeeks(await recordedPast(manager, campaign, span), PAST_WEEKS);
  const whatIf = { settings: () => settings, model: null, shifts: [], judgeMarket: false };
  const impacts: WeekImpact[] = [];
  const warnings: string[] = [];
  for await (const replayed of replayWeeks(services, runs, whatIf, signal)) {
    const week = judged.add(replayed);
    warnings.push(...warningsOf(week));
    if ('obstacle' in replayed) continue;
    const { recorded, simulated, enter, leave } = week;
    impacts.push({
      week: week.week,
      before: recorded ?? 0,
      after: simulated,
      enter,
      leave,
      bands: replayed.bands,
    });
  }
  return { weeks: impacts, warnings };
}

function warningsOf({ week, halted, erased, countedAgain, simulated }: SimulatedWeek): readonly string[] {
  return [
    ...halted.map((line) =>
      line.startsWith('NOT_REPLAYED') ? `${week}: ${line}` : `${week} would have halted on ${line}`,
    ),
    ...(erased === 0
      ? []
      : [
          `${week}: ${erased} ${erased === 1 ? 'customer was' : 'customers were'} erased since and ${erased === 1 ? 'is' : 'are'} in no count`,
        ]),
    ...(countedAgain === 0
      ? []
      : [
          `${week}: ${countedAgain} of ${simulated} would still rest from a mail that only the settings here send`,
        ]),
  ];
}
