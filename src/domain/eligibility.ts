import type { Config } from './campaign.ts';
import { ELIGIBILITY_REASONS, type EligibilityReason } from './decision.ts';
import type { ColumnLayout } from './feed-contract.ts';
import type { RowBlock } from './feed-row.ts';
import { dayNumber, type IsoDate } from './week.ts';

/** Whoever is younger is a minor, whatever a campaign's `minAge`. */
export const ADULT_AGE = 18;

/** What the service itself knew of the customers of a block when their rows were frozen. */
export interface CustomerState {
  /** On the campaign's quiet list. */
  readonly quiet: Uint8Array;
  /** Opted out by another way than the feed. */
  readonly optedOut: Uint8Array;
  /** Days (since 1970-01-01) on which a flow of this campaign began. */
  readonly flowStarts: readonly (readonly number[] | null)[];
  /** Days of every mail of the bank, sent or planned. */
  readonly mails: readonly (readonly number[] | null)[];
}

export type SnapshotBlock = RowBlock & CustomerState;

/** Eligibility reasons as a set of bits: bit i is ELIGIBILITY_REASONS[i]. */
export type ReasonBits = number;

const bit = (reason: EligibilityReason): ReasonBits => 1 << ELIGIBILITY_REASONS.indexOf(reason);
export const DATA_INCOMPLETE: ReasonBits = bit('DATA_INCOMPLETE');

const REASONS_BY_BITS = new Map<ReasonBits, readonly EligibilityReason[]>();

/** The reasons of a set, the decisive one first. */
export function reasonsOf(bits: ReasonBits): readonly EligibilityReason[] {
  const known = REASONS_BY_BITS.get(bits);
  if (known !== undefined) return known;
  const reasons = ELIGIBILITY_REASONS.filter((_, i) => (bits & (1 << i)) !== 0);
  REASONS_BY_BITS.set(bits, reasons);
  return reasons;
}

/** The day on which the mail tool would send the flow's first message: the day after the feed's `asOf`. */
export const sendDay = (asOf: IsoDate): number => dayNumber(asOf) + 1;

/** Which flag of the feed, having which value, bars a customer. */
export const FLAGS: readonly (readonly [column: string, barredWhen: 0 | 1, reason: EligibilityReason])[] = [
  ['is_private', 0, 'NOT_PRIVATE'],
  ['holds_product', 1, 'HOLDS_PRODUCT'],
  ['opt_in', 0, 'NO_OPT_IN'],
  ['opted_out', 1, 'OPTED_OUT'],
  ['deceased', 1, 'DECEASED'],
  ['fraud_flag', 1, 'FRAUD_FLAG'],
  ['relationship_ended', 1, 'NOT_A_CUSTOMER'],
  ['address_bounced', 1, 'ADDRESS_BOUNCED'],
];

/** What the rules look at of one customer beside the flags, as they measure it on the send day. */
export interface Measures {
  /** Years; null when missing. */
  readonly age: number | null;
  /** Days since the last flow of this campaign began, 0 on its first; null where none did. */
  readonly daysSinceFlow: number | null;
  /** Mails of the send day, the one that is judged among them. */
  readonly mailsThatDay: number;
  /** The most mails within any 14 days that hold the send day, the one that is judged among them. */
  readonly mailsIn14Days: number;
}

/**
 * Judges all rules for every row of a block (domain.md, step 5) and returns all reasons that bar it, 0 when none does.
 * A flag that the contract leaves out is not judged; one that is missing bars as DATA_INCOMPLETE, because nothing else can
 * be said truthfully, but a missing `opt_in` is no opt-in.
 */
export class EligibilityRules {
  /** Days from a flow's first message to its last. */
  readonly flowLength: number;
  readonly #flags: readonly {
    readonly column: number;
    readonly barredWhen: 0 | 1;
    readonly bit: ReasonBits;
    readonly missing: ReasonBits;
  }[];
  readonly #age: number;
  readonly #sendDay: number;

  /** @param flowDays days of the flow's messages after the first */
  constructor(
    layout: ColumnLayout,
    readonly config: Config,
    flowDays: readonly number[],
    asOf: IsoDate,
  ) {
    const indexOf = (name: string) => layout.numbers.findIndex((column) => column.name === name);
    this.#flags = FLAGS.map(([name, barredWhen, reason]) => ({
      column: indexOf(name),
      barredWhen,
      bit: bit(reason),
      missing: reason === 'NO_OPT_IN' ? bit(reason) : DATA_INCOMPLETE,
    })).filter(({ column }) => column >= 0);
    this.#age = indexOf('age');
    this.#sendDay = sendDay(asOf);
    this.flowLength = Math.max(0, ...flowDays);
  }

  judge(block: SnapshotBlock): Uint16Array {
    const reasons = new Uint16Array(block.rows);
    for (const flag of this.#flags) {
      const values = block.numbers[flag.column];
      for (let row = 0; row < block.rows; row++) {
        reasons[row] = (reasons[row] ?? 0) | judgeFlag(flag, values?.[row] ?? Number.NaN);
      }
    }
    const noneAllowed = this.#underPressure([]);
    for (let row = 0; row < block.rows; row++) {
      reasons[row] = (reasons[row] ?? 0) | this.#judgeRest(block, row, noneAllowed);
    }
    return reasons;
  }

  /** The reasons that bar one row, as `judge` finds them. */
  judgeRow(block: SnapshotBlock, row: number): ReasonBits {
    let found = this.#judgeRest(block, row, this.#underPressure([]));
    for (const flag of this.#flags) found |= judgeFlag(flag, block.numbers[flag.column]?.[row] ?? Number.NaN);
    return found;
  }

  /** What a flag says of a row: null when it is missing, undefined when the contract leaves it out. */
  flagOf(reason: EligibilityReason, block: SnapshotBlock, row: number): boolean | null | undefined {
    const flag = this.#flags.find((candidate) => candidate.bit === bit(reason));
    if (flag === undefined) return undefined;
    const value = block.numbers[flag.column]?.[row] ?? Number.NaN;
    return Number.isNaN(value) ? null : value === 1;
  }

  measure(block: SnapshotBlock, row: number): Measures {
    const age = block.numbers[this.#age]?.[row] ?? Number.NaN;
    const days = this.#daysSinceFlow(block.flowStarts[row] ?? []);
    const mails = block.mails[row] ?? [];
    return {
      age: Number.isNaN(age) ? null : age,
      daysSinceFlow: Number.isFinite(days) ? days : null,
      mailsThatDay: this.#mailsThatDay(mails),
      mailsIn14Days: this.#mailsIn14Days(mails),
    };
  }

  #judgeRest(block: SnapshotBlock, row: number, noneAllowed: boolean): ReasonBits {
    let found = this.#judgeAge(block.numbers[this.#age]?.[row] ?? Number.NaN);
    if (block.optedOut[row] === 1) found |= bit('OPTED_OUT');
    if (block.quiet[row] === 1) found |= bit('QUIET_LIST');
    const starts = block.flowStarts[row] ?? null;
    if (starts !== null) found |= this.#judgeFlows(starts);
    const mails = block.mails[row] ?? null;
    if (mails === null ? noneAllowed : this.#underPressure(mails)) found |= bit('CONTACT_PRESSURE');
    return found;
  }

  #judgeAge(age: number): ReasonBits {
    if (Number.isNaN(age)) return DATA_INCOMPLETE;
    const minor = age < ADULT_AGE ? bit('UNDER_AGE') : 0;
    const outside = age < this.config.minAge || age > this.config.maxAge ? bit('AGE_OUT_OF_RANGE') : 0;
    return minor | outside;
  }

  /** In a flow until its last message has gone out; mailed recently for `restWeeks` from its first. */
  #judgeFlows(starts: readonly number[]): ReasonBits {
    const days = this.#daysSinceFlow(starts);
    const within = days <= this.flowLength ? bit('IN_FLOW') : 0;
    const resting = days < 7 * this.config.restWeeks ? bit('RECENTLY_MAILED') : 0;
    return within | resting;
  }

  /** Infinite where none began; one that begins after the send day is not judged. */
  #daysSinceFlow(starts: readonly number[]): number {
    let last = Number.NEGATIVE_INFINITY;
    for (const start of starts) if (start <= this.#sendDay && start > last) last = start;
    return this.#sendDay - last;
  }

  /** Whether one more mail on the send day is one too many that day or within any 14 days that hold it. */
  #underPressure(mails: readonly number[]): boolean {
    return (
      this.#mailsThatDay(mails) > this.config.maxMailsPerDay ||
      this.#mailsIn14Days(mails) > this.config.maxMailsPer14Days
    );
  }

  #mailsThatDay(mails: readonly number[]): number {
    return mails.filter((day) => day === this.#sendDay).length + 1;
  }

  #mailsIn14Days(mails: readonly number[]): number {
    let most = 0;
    for (let first = this.#sendDay - 13; first <= this.#sendDay; first++) {
      most = Math.max(most, mails.filter((day) => day >= first && day < first + 14).length);
    }
    return most + 1;
  }
}

function judgeFlag(
  { barredWhen, bit: barred, missing }: { barredWhen: 0 | 1; bit: ReasonBits; missing: ReasonBits },
  value: number,
): ReasonBits {
  if (value === barredWhen) return barred;
  return Number.isNaN(value) ? missing : 0;
}
