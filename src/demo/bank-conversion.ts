import { ageOn, type Person } from './bank-people.ts';

const BASE = -5.9;
const MAIL_EFFECT = 0.45;

/**
 * The chance that a person starts to invest in the week after `sunday`, given the fund change over the last
 * four weeks: the truth that a model has to find, of which `inclination` stays hidden from it.
 */
export function weeklyChance(person: Person, sunday: number, fundMonth: number): number {
  const age = ageOn(person, sunday);
  if (age < 18 || person.holdsProduct || person.goneOn !== null) return 0;
  const [now, , two, , four] = person.balances;
  const logit =
    BASE +
    0.55 * Math.log((now + 50_000) / 1_000_000) +
    3.2 * rise(now - (two ?? now)) +
    2.2 * rise((two ?? now) - (four ?? two ?? now)) +
    1.3 * (engagementOf(person) - 1.3) +
    0.6 * (person.savingsShare - 0.5) -
    0.7 * ((age - 40) / 17) ** 2 +
    4 * fundMonth +
    0.35 * person.inclination +
    (person.mailedUntil > sunday ? MAIL_EFFECT : 0);
  return 1 / (1 + Math.exp(-logit));
}

/** From −0.3 for money that left to 1 for a lot of money that came in; half of it at €6,000. */
function rise(cents: number): number {
  return cents < 0 ? -0.3 * (1 - 1 / (1 - cents / 300_000)) : cents / (cents + 600_000);
}

function engagementOf(person: Person): number {
  const logins = person.logins.reduce((sum, count) => sum + count, 0);
  return (person.hasApp ? 0.5 : 0) + 0.2 * person.accounts + 0.03 * logins;
}
