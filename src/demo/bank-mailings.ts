import type { Person } from './bank-people.ts';
import type { Random } from './random.ts';

/** A mailing of another team of the bank. */
export interface Mailing {
  readonly name: string;
  readonly day: number;
  readonly to: readonly Person[];
}

const OFFERS = ['savings-rate', 'mortgage-check', 'insurance-offer', 'app-tips', 'fraud-warning'] as const;

/** What the other teams plan for the week that ends on `sunday`: an offer, often a second one, at times the newsletter. */
export function planMailings(random: Random, people: readonly Person[], sunday: number): readonly Mailing[] {
  const plan: { readonly name: string; readonly share: number }[] = [
    { name: random.pick(OFFERS), share: 0.02 },
  ];
  if (random.chance(0.5)) plan.push({ name: random.pick(OFFERS), share: 0.03 });
  if (random.chance(0.25)) plan.push({ name: 'newsletter', share: 0.1 });
  return plan.map(({ name, share }) => ({
    name,
    day: sunday - 6 + random.integer(0, 5),
    to: people.filter((person) => person.goneOn === null && random.chance(share)),
  }));
}
