import { type Check, halts, type Verdict } from './check.ts';
import { judgeOutput, type OutputHistory } from './output-check.ts';
import type { ReplayedWeek, SimulatedWeek, UnreplayedWeek } from './replay.ts';
import type { IsoWeek } from './week.ts';

/** An output that a week leaves to the weeks after it. */
interface WeekOutput {
  readonly week: IsoWeek;
  readonly aboveThreshold: number;
  readonly scoreCounts: readonly number[];
}

/**
 * Replayed weeks in their order. What a week is judged by are the weeks before as they were simulated, and as they were recorded
 * where they were not. A week that would have halted before it was decided leaves nothing to those after it.
 */
export class SimulatedWeeks {
  readonly #outputs: Map<IsoWeek, WeekOutput>;
  /** The day of the last flow that the simulation began, by customer. */
  readonly #lastFlow = new Map<string, number>();

  /**
   * @param recorded what is on record of the weeks and those before
   * @param pastWeeks how many weeks back a week is compared with
   */
  constructor(
    recorded: readonly WeekOutput[],
    private readonly pastWeeks: number,
  ) {
    this.#outputs = new Map(recorded.map((output) => [output.week, output]));
  }

  /** Judges the next week. */
  add(next: ReplayedWeek | UnreplayedWeek): SimulatedWeek {
    if ('obstacle' in next) return notReplayed(next);
    const { week, output, early, mailed } = next;
    const checks = [...early, ...judgeOutput(output, this.#before(week), next.config)];
    const { aboveThreshold, scoreCounts } = output;
    if (halts(early)) this.#outputs.delete(week);
    else this.#outputs.set(week, { week, aboveThreshold, scoreCounts: Array.from(scoreCounts) });
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
      aboveThreshold,
      erased: next.erased,
      countedAgain,
      halted: linesOf(checks, 'HALT'),
      warned: linesOf(checks, 'WARN'),
    };
  }

  #before(week: IsoWeek): OutputHistory {
    const outputs = [...this.#outputs.values()]
      .filter((output) => output.week < week)
      .sort((a, b) => (a.week < b.week ? 1 : -1))
      .slice(0, this.pastWeeks);
    return {
      aboveThreshold: outputs.map(({ aboveThreshold }) => aboveThreshold),
      scoreCounts: outputs.map(({ scoreCounts }) => scoreCounts),
    };
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
