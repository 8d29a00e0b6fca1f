import { addWeeks, dayNumber, type IsoWeek, mondayOf, sundayOf } from '../domain/week.ts';
import { weeklyChance } from './bank-conversion.ts';
import { Funds } from './bank-funds.ts';
import { liveWeek, payDaysOf } from './bank-life.ts';
import { type Mailing, planMailings } from './bank-mailings.ts';
import { newCustomer, type Person, settledCustomer } from './bank-people.ts';
import { Random } from './random.ts';

export interface BankOptions {
  readonly seed: number;
  /** How many customers the bank starts with; about as many leave as come. */
  readonly customers: number;
  readonly lastWeek: IsoWeek;
  /** How many weeks the history has, the last week included. */
  readonly weeks: number;
  /** The week in which the market falls; null for none, 40 weeks before the last when left out. */
  readonly crashWeek?: IsoWeek | null;
}

export interface Conversion {
  readonly id: string;
  readonly day: number;
  /** The first deposit in cents; null when it is not there yet. */
  readonly amount: number | null;
}

/** So that balances, log-ins and mailings have a past in the first week. */
const WARM_UP_WEEKS = 8;
const PRICE_WEEKS = 30;
const NEW_SHARE = 0.0014;
/** How long a mail of the campaign works. */
const MAIL_DAYS = 28;

/** A bank whose customers grow older week by week; it stands at the end of one week. */
export class Bank {
  readonly seed: number;
  readonly funds: Funds;
  readonly #random: Random;
  readonly #mailRandom: Random;
  readonly #newPerWeek: number;
  #week: IsoWeek;
  #people: Person[] = [];
  #conversions: readonly Conversion[] = [];
  #mailings: readonly Mailing[] = [];
  #idsGiven = 0;

  constructor(options: BankOptions) {
    this.seed = options.seed;
    this.#random = new Random(options.seed, 1);
    this.#mailRandom = new Random(options.seed, 2);
    this.#newPerWeek = options.customers * NEW_SHARE;
    const crashWeek = options.crashWeek === undefined ? addWeeks(options.lastWeek, -40) : options.crashWeek;
    const first = addWeeks(options.lastWeek, 1 - options.weeks);
    this.#week = addWeeks(first, -WARM_UP_WEEKS);
    this.funds = new Funds(
      new Random(options.seed, 3),
      this.asOf - 7 * PRICE_WEEKS,
      crashWeek === null ? null : dayNumber(mondayOf(crashWeek)),
    );
    this.funds.advance(this.asOf);
    const { asOf } = this;
    for (let count = 0; count < options.customers; count++)
      this.#people.push(settledCustomer(this.#random, this.#nextId(), asOf));
    while (this.#week < first) this.nextWeek();
  }

  get week(): IsoWeek {
    return this.#week;
  }

  /** The Sunday of the week, in days since 1970-01-01. */
  get asOf(): number {
    return dayNumber(sundayOf(this.#week));
  }

  get people(): readonly Person[] {
    return this.#people;
  }

  /** Who started to invest in this week. */
  get conversions(): readonly Conversion[] {
    return this.#conversions;
  }

  /** The mailings of other teams: the last two weeks and what is planned for the next two. */
  get mailings(): readonly Mailing[] {
    return this.#mailings;
  }

  /** Tells the bank who received this campaign's mails after the current week: they convert a little more often. */
  mail(ids: ReadonlySet<string>): void {
    for (const person of this.#people) {
      if (ids.has(person.id)) person.mailedUntil = this.asOf + MAIL_DAYS;
    }
  }

  /** Lets one week pass. */
  nextWeek(): void {
    const before = this.asOf;
    const fundMonth = this.funds.change(before, 28);
    this.#week = addWeeks(this.#week, 1);
    const asOf = this.asOf;
    const payDays = payDaysOf(asOf);
    this.funds.advance(asOf);
    const conversions: Conversion[] = [];
    for (const person of this.#people) {
      const converts = this.#random.chance(weeklyChance(person, before, fundMonth));
      liveWeek(this.#random, person, asOf, payDays);
      if (converts) conversions.push(this.#convert(person, asOf));
    }
    this.#conversions = conversions;
    this.#people = this.#people.filter(({ goneOn }) => goneOn === null || goneOn > asOf);
    for (let count = this.#random.poisson(this.#newPerWeek); count > 0; count--) {
      this.#people.push(newCustomer(this.#random, this.#nextId(), asOf));
    }
    this.#mailings = [
      ...this.#mailings.filter(({ day }) => day > asOf - 14),
      ...planMailings(this.#mailRandom, this.#people, asOf + 14),
    ];
  }

  #convert(person: Person, asOf: number): Conversion {
    const wanted = Math.round(100 * this.#random.lognormal(2_500, 0.8));
    const amount = Math.min(wanted, Math.round(person.balances[0] * 0.8));
    const paid = !this.#random.chance(0.05);
    person.holdsProduct = true;
    if (paid) person.balances[0] -= amount;
    return { id: person.id, day: asOf - this.#random.integer(1, 7), amount: paid ? amount : null };
  }

  /** Numbers scattered over six digits between two letters: pseudonymous, and shaped like nothing else. */
  #nextId(): string {
    const scattered = (this.#idsGiven++ * 387_433 + 4_711) % 1_000_000;
    return `c${String(scattered).padStart(6, '0')}${'abcdefghjkmnpqrstuvwxyz'[scattered % 23]}`;
  }
}

/** A bank at the end of the first of its weeks. The same options give the same bank, byte for byte. */
export function createBank(options: BankOptions): Bank {
  return new Bank(options);
}
