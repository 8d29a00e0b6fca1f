import { type Check, halts, type Verdict } from './check.ts';
import { type FeatureHistory, judgeFeatureShift } from './drift-check.ts';
import { judgeOutput, type OutputHistory } from './output-check.ts';
import type { ReplayedWeek, SimulatedWeek, UnreplayedWeek } from './replay.ts';
import type { IsoWeek } from './week.ts';

/** What a week that was decided leaves to the weeks after it. */
export interface WeekOutput {
  readonly week: IsoWeek;
  readonly aboveThreshold: number;
  readonly scoreCounts: ArrayLike<number>;
}

/** What a week that was scored leaves to those after it which the same model scores: counts by feature. */
export interface WeekSpread {
  readonly week: IsoWeek;
  readonly modelId: string;
  readonly counts: ReadonlyMap<string, ArrayLike<number>>;
}

/** What is on record of the weeks that are simulated, and of those before them. */
export interface RecordedPast {
  readonly outputs: readonly WeekOutput[];
  readonly spreads: readonly WeekSpread[];
}

/**
 * Replayed weeks in their order. What a week is judged by are the weeks before as they were simulated, and as they were recorded
 * where they were not. A week that would have halted before it was scored or decided leaves nothing of it to those after it.
 */
export class SimulatedWeeks {
  readonly #outputs: Map<IsoWeek, WeekOutput>;
  readonly #spreads: Map<IsoWeek, WeekSpread>;
  /** The day of the last flow that the simulation began, by customer. */
  readonly #lastFlow = new Map<string, number>();

  /** @param pastWeeks how many weeks back a week is compared with */
  constructor(
    { outputs, spreads }: RecordedPast,
    private readonly pastWeeks: number,
  ) {
    this.#outputs = new Map(outputs.map((output) => [output.week, output]));
    this.#spreads = new Map(spreads.map((spread) => [spread.week, spread]));
  }

  /** Judges the next week. */
  add(next: ReplayedWeek | UnreplayedWeek): SimulatedWeek {
    if ('obstacle' in next) return notReplayed(next);
    const { week, output, mailed } = next;
    const checks = [...next.early, ...this.#judge(next)];
    const countedAgain = mailed.filter((customer) => this.#rests(customer, next)).length;
    if (!halts(checks)) for (const customer of mailed) this.#lastFlow.set(customer, next.sendDay);
    return {
      week,
      replayed: true,
      recorded: next.recorded,
      simulated: mailed.length,
      enter: next.enter,
      leave: next.leave,
      heldOut: next.heldOut,
      eligible: next.eligible,
      aboveThreshold: output.aboveThreshold,
      erased: next.erased,
      countedAgain,
      halted: linesOf(checks, 'HALT'),
      warned: linesOf(checks, 'WARN'),
    };
  }

  /** Judges features and output by the weeks before, and keeps them for those after. */
  #judge({ week, modelId, config, early, drift, distributions, output }: ReplayedWeek): readonly Check[] {
    const shift = judgeFeatureShift(
      distributions,
      this.#featuresBefore(week, modelId),
      config.limits.FEATURE_SHIFT,
    );
    const checks = judgeOutput(output, this.#outputsBefore(week), config);
    const { aboveThreshold, scoreCounts } = output;
    const counts = new Map(distributions.map(({ feature, counts: found }) => [feature.name, found]));
    if (halts(early)) this.#spreads.delete(week);
    else this.#spreads.set(week, { week, modelId, counts });
    if (halts([...early, ...drift, ...shift])) this.#outputs.delete(week);
    else this.#outputs.set(week, { week, aboveThreshold, scoreCounts });
    return [...drift, ...shift, ...checks];
  }

  #outputsBefore(week: IsoWeek): OutputHistory {
    const outputs = this.#last([...this.#outputs.values()], week);
    return {
      aboveThreshold: outputs.map(({ aboveThreshold }) => aboveThreshold),
      scoreCounts: outputs.map(({ scoreCounts }) => Array.from(scoreCounts)),
    };
  }

  #featuresBefore(week: IsoWeek, modelId: string): FeatureHistory {
    const same = [...this.#spreads.values()].filter((spread) => spread.modelId === modelId);
    const history = new Map<string, ArrayLike<number>[]>();
    for (const { counts } of this.#last(same, week))
      for (const [feature, found] of counts) history.set(feature, [...(history.get(feature) ?? []), found]);
    return history;
  }

  /** The last weeks before one, newest first. */
  #last<Week extends { readonly week: IsoWeek }>(weeks: readonly Week[], before: IsoWeek): readonly Week[] {
    return weeks
      .filter(({ week }) => week < before)
      .sort((a, b) => (a.week < b.week ? 1 : -1))
      .slice(0, this.pastWeeks);
  }

  #rests(customer: string, { sendDay, flowLength, config }: ReplayedWeek): boolean {
    const days = sendDay - (this.#lastFlow.get(customer) ?? Number.NEGATIVE_INFINITY);
    return days <= flowLength || days < 7 * config.restWeeks;
  }
}

function linesOf(checks: readonly Check[], of: Verdict): readonly string[] {
  return checks.filter(({ verdict }) => verdict === of).map(({ name, message }) => `${name}: ${message}`);
}

function notReplayed({ week, recorded, obstacle }: UnreplayedWeek): SimulatedWeek {
  return {
    week,
    replayed: false,
    recorded,
    simulated: 0,
    enter: 0,
    leave: 0,
    heldOut: 0,
    eligible: 0,
    aboveThreshold: 0,
    erased: 0,
    countedAgain: 0,
    halted: [`NOT_REPLAYED: ${obstacle}`],
    warned: [],
  };
}
