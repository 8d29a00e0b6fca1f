import { type IsoDate, isoDate } from '../domain/week.ts';
import type { Random } from './random.ts';

/** A customer of the generated bank. Amounts are whole cents, days count from 1970-01-01. */
export interface Person {
  readonly id: string;
  /** Never leaves the generator: the feed carries the age in whole years. */
  readonly bornOn: number;
  readonly isPrivate: boolean;
  /** Where the balance tends to, and the part of it on savings accounts. */
  readonly level: number;
  readonly savingsShare: number;
  readonly salary: number;
  readonly payDay: number;
  readonly extraMonth: boolean;
  readonly loginsPerWeek: number;
  /** What no column shows: the part of the interest in investing that no model can know. */
  readonly inclination: number;
  /** Balance now and 1, 2, 3 and 4 weeks ago; null before the person was a customer. */
  balances: [number, number | null, number | null, number | null, number | null];
  /** Log-ins of this week and the three before. */
  logins: [number, number, number, number];
  accounts: number;
  hasApp: boolean;
  holdsProduct: boolean;
  optInOn: IsoDate | null;
  optedOut: boolean;
  deceased: boolean;
  fraudFlag: boolean;
  ended: boolean;
  bounced: boolean;
  /** The day from which the warehouse no longer delivers this person. */
  goneOn: number | null;
  /** Until when a mail of this campaign works on the person. */
  mailedUntil: number;
}

const YEAR = 365.2425;
const AGE_BANDS = [
  { share: 0.07, from: 12, to: 18 },
  { share: 0.11, from: 18, to: 25 },
  { share: 0.17, from: 25, to: 35 },
  { share: 0.16, from: 35, to: 45 },
  { share: 0.17, from: 45, to: 55 },
  { share: 0.15, from: 55, to: 65 },
  { share: 0.1, from: 65, to: 75 },
  { share: 0.055, from: 75, to: 85 },
  { share: 0.015, from: 85, to: 96 },
] as const;

/** Age in whole years on a day. */
export function ageOn(person: Person, day: number): number {
  return Math.floor((day - person.bornOn) / YEAR);
}

/** Someone who has been a customer for years by `day`. */
export function settledCustomer(random: Random, id: string, day: number): Person {
  const person = customer(random, id, day, drawAge(random));
  const age = ageOn(person, day);
  person.holdsProduct = age >= 18 && random.chance(age < 30 ? 0.05 : 0.11);
  person.optedOut = random.chance(0.03);
  person.fraudFlag = random.chance(0.003);
  person.bounced = random.chance(0.01);
  if (random.chance(0.0165)) {
    person.ended = random.chance(0.87);
    person.deceased = !person.ended;
    person.goneOn = day + random.integer(1, person.ended ? 13 : 27) * 7;
  }
  return person;
}

/** Someone who became a customer in the week that ends on `day`: no history of balances yet. */
export function newCustomer(random: Random, id: string, day: number): Person {
  const person = customer(random, id, day, random.integer(14, 60) + random.fraction());
  person.balances = [Math.round(person.level * 0.3), null, null, null, null];
  person.logins = [person.logins[0], 0, 0, 0];
  return person;
}

function customer(random: Random, id: string, day: number, age: number): Person {
  const level = Math.round(100 * Math.min(random.lognormal(typicalBalance(age), 1.1), 950_000));
  const hasApp = random.chance(0.92 / (1 + Math.exp((age - 76) / 8)));
  const loginsPerWeek = Math.min(random.lognormal(hasApp ? 1.9 : 0.45, 0.7), 15);
  const kind = random.fraction();
  return {
    id,
    bornOn: Math.floor(day - age * YEAR),
    isPrivate: !random.chance(0.025),
    level,
    savingsShare: kind < 0.14 ? 0 : kind < 0.22 ? 1 : 0.25 + 0.7 * Math.sqrt(random.fraction()),
    salary: Math.round(100 * random.lognormal(typicalSalary(age), 0.35)),
    payDay: random.integer(1, 29),
    extraMonth: random.chance(0.4),
    loginsPerWeek,
    inclination: random.normal(),
    balances: [level, level, level, level, level],
    logins: [
      random.poisson(loginsPerWeek),
      random.poisson(loginsPerWeek),
      random.poisson(loginsPerWeek),
      random.poisson(loginsPerWeek),
    ],
    accounts: (kind < 0.22 ? 1 : 2) + random.poisson(0.5),
    hasApp,
    holdsProduct: false,
    optInOn: random.chance(0.87) ? isoDate(day - random.integer(0, 1_800)) : null,
    optedOut: false,
    deceased: false,
    fraudFlag: false,
    ended: false,
    bounced: false,
    goneOn: null,
    mailedUntil: 0,
  };
}

function drawAge(random: Random): number {
  let rest = random.fraction();
  for (const { share, from, to } of AGE_BANDS) {
    if (rest < share) return from + ((to - from) * rest) / share;
    rest -= share;
  }
  return 50;
}

/** Median balance by age, in euros. */
function typicalBalance(age: number): number {
  if (age < 18) return 700;
  return 1_500 + 20_000 / (1 + Math.exp((45 - age) / 9));
}

/** Median net income a month by age, in euros. */
function typicalSalary(age: number): number {
  if (age < 18) return 80;
  if (age < 25) return 1_100;
  return age < 67 ? 2_600 : 1_900;
}
