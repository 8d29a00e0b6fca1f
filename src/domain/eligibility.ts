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
const FLAGS: readonly (readonly [column: string, barredWhen: 0 | 1, reason: EligibilityReason])[] = [
  ['is_private', 0, 'NOT_PRIVATE'],
  ['holds_product', 1, 'HOLDS_PRODUCT'],
  ['opt_in', 0, 'NO_OPT_IN'],
  ['opted_out', 1, 'OPTED_OUT'],
  ['deceased', 1, 'DECEASED'],
  ['fraud_flag', 1, 'FRAUD_FLAG'],
  ['relationship_ended', 1, 'NOT_A_CUSTOMER'],
  ['address_bounced', 1, 'ADDRESS_BOUNCED'],
];

/**
 * Judges all rules for every row of a block (domain.md, step 5) and returns all reasons that bar it, 0 when none does.
 * A flag that the contract leaves out is not judged; one that is missing bars as DATA_INCOMPLETE, because nothing else can
 * be said truthfully, but a missing `opt_in` is no opt-in.
 */
export class EligibilityRules {
  readonly #flags: readonly {
    readonly column: number;
    readonly barredWhen: 0 | 1;
    readonly bit: ReasonBits;
    readonly missing: ReasonBits;
  }[];
  readonly #age: number;
  readonly #sendDay: number;
  readonly #flowLength: number;

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
    this.#flowLength = Math.max(0, ...flowDays);
  }

  judge(block: SnapshotBlock): Uint16Array {
    const reasons = new Uint16Array(block.rows);
    for (const { column, barredWhen, bit: barred, missing } of this.#flags) {
      const values = block.numbers[column];
      for (let row = 0; row < block.rows; row++) {
        const value = values?.[row] ?? Number.NaN;
        if (value === barredWhen) reasons[row] = (reasons[row] ?? 0) | barred;
        else if (Number.isNaN(value)) reasons[row] = (reasons[row] ?? 0) | missing;
      }
    }
    const noneAllowed = this.#underPressure([]);
    const ages = block.numbers[this.#age];
    for (let row = 0; row < block.rows; row++) {
      let found = this.#judgeAge(ages?.[row] ?? Number.NaN);
      if (block.optedOut[row] === 1) found |= bit('OPTED_OUT');
      if (block.quiet[row] === 1) found |= bit('QUIET_LIST');
      const starts = block.flowStarts[row] ?? null;
      if (starts !== null) found |= this.#judgeFlows(starts);
      const mails = block.mails[row] ?? null;
      if (mails === null ? noneAllowed : this.#underPressure(mails)) found |= bit('CONTACT_PRESSURE');
      reasons[row] = (reasons[row] ?? 0) | found;
    }
    return reasons;
  }

  #judgeAge(age: number): ReasonBits {
    if (Number.isNaN(age)) return DATA_INCOMPLETE;
    const minor = age < ADULT_AGE ? bit('UNDER_AGE') : 0;
    const outside = age < this.config.minAge || age > this.config.maxAge ? bit('AGE_OUT_OF_RANGE') : 0;
    return minor | outside;
  }

  /** In a flow until its last message has gone out; mailed recently for `restWeeks` from its first. */
  #judgeFlows(starts: readonly number[]): ReasonBits {
    let found = 0;
    for (const start of starts) {
      const days = this.#sendDay - start;
      if (days < 0) continue;
      if (days <= this.#flowLength) found |= bit('IN_FLOW');
      if (days < 7 * this.config.restWeeks) found |= bit('RECENTLY_MAILED');
    }
    return found;
  }

  /** Whether one more mail on the send day is one too many that day or within any 14 days that hold it. */
  #underPressure(mails: readonly number[]): boolean {
    const { maxMailsPerDay, maxMailsPer14Days } = this.config;
    if (mails.filter((day) => day === this.#sendDay).length + 1 > maxMailsPerDay) return true;
    for (let first = this.#sendDay - 13; first <= this.#sendDay; first++) {
      if (mails.filter((day) => day >= first && day < first + 14).length + 1 > maxMailsPer14Days) return true;
    }
    return false;
  }
}
