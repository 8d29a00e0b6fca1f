import { isoDate } from '../domain/week.ts';
import { ageOn, type Person } from './bank-people.ts';
import type { Random } from './random.ts';

/** The days of the month on which salaries are paid in a week, each with its month ("05"). */
export type PayDays = ReadonlyMap<number, string>;

export function payDaysOf(sunday: number): PayDays {
  const dates = Array.from({ length: 7 }, (_, back) => isoDate(sunday - back));
  return new Map(dates.map((date) => [Number(date.slice(8)), date.slice(5, 7)]));
}

/** Salary, spending, log-ins and changes of mind of one person in the week that ends on `sunday`. */
export function liveWeek(random: Random, person: Person, sunday: number, payDays: PayDays): void {
  const age = ageOn(person, sunday);
  const [now, one, two, three] = person.balances;
  const moved = person.goneOn === null ? movement(random, person, age, payDays) : 0;
  person.balances = [Math.max(0, now + moved), now, one, two, three];
  const [first, second, third] = person.logins;
  const active = person.goneOn === null;
  person.logins = [active ? random.poisson(person.loginsPerWeek) : 0, first, second, third];
  if (active) changeStatus(random, person, age, sunday);
}

/** Income less spending of one week, in cents. */
function movement(random: Random, person: Person, age: number, payDays: PayDays): number {
  const balance = person.balances[0];
  const spending = ((person.salary * 12) / 52) * (0.6 + 0.8 * random.fraction());
  const settling = 0.04 * (balance - person.level);
  return Math.round(income(person, payDays) - spending - settling + event(random, balance, age));
}

/** The salary in the week of the pay day; in May with holiday pay, in December for some with an extra month. */
function income(person: Person, payDays: PayDays): number {
  const month = payDays.get(person.payDay);
  if (month === undefined) return 0;
  if (month === '05') return person.salary * 1.9;
  return month === '12' && person.extraMonth ? person.salary * 2 : person.salary;
}

/** Now and then a large sum: a bonus, a sale, an inheritance, or a car, a kitchen, a house. */
function event(random: Random, balance: number, age: number): number {
  const draw = random.fraction();
  if (age < 18 || draw >= 0.07) return 0;
  if (draw < 0.045) return 100 * Math.min(random.lognormal(5_000, 0.9), 250_000);
  return -balance * (0.1 + 0.4 * random.fraction());
}

function changeStatus(random: Random, person: Person, age: number, sunday: number): void {
  if (!person.hasApp && random.chance(age < 70 ? 0.003 : 0.001)) person.hasApp = true;
  if (random.chance(0.001)) person.accounts = Math.max(1, person.accounts + (random.chance(0.55) ? 1 : -1));
  if (person.optInOn === null) {
    if (random.chance(0.0015)) person.optInOn = isoDate(sunday - random.integer(0, 7));
  } else if (random.chance(0.0002)) person.optInOn = null;
  if (random.chance(person.optedOut ? 0.01 : 0.0004)) person.optedOut = !person.optedOut;
  if (random.chance(person.bounced ? 0.02 : 0.0002)) person.bounced = !person.bounced;
  if (random.chance(person.fraudFlag ? 0.03 : 0.0001)) person.fraudFlag = !person.fraudFlag;
  if (person.holdsProduct && random.chance(0.004)) person.holdsProduct = false;
  if (random.chance(deathRate(age))) {
    person.deceased = true;
    person.goneOn = sunday + 26 * 7;
  } else if (random.chance(0.0012)) {
    person.ended = true;
    person.balances[0] = 0;
    person.goneOn = sunday + 12 * 7;
  }
}

/** The chance to die in a week (Gompertz, rounded from the Dutch life table). */
function deathRate(age: number): number {
  return Math.min(0.0005 * Math.exp(0.1 * (age - 40)), 0.4) / 52;
}
