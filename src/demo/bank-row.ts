import type { IsoDate } from '../domain/week.ts';
import { ageOn, type Person } from './bank-people.ts';

/** What the warehouse knows of a customer; amounts in cents. Null is a missing value. */
export interface CustomerRow {
  party_id: string;
  age: number | null;
  is_private: boolean;
  holds_product: boolean;
  opt_in: boolean;
  opt_in_on: IsoDate | null;
  opted_out: boolean;
  deceased: boolean;
  fraud_flag: boolean;
  relationship_ended: boolean;
  address_bounced: boolean;
  has_app: boolean | null;
  accounts: number | null;
  logins_30d: number | null;
  balance: number | null;
  balance_2w: number | null;
  balance_4w: number | null;
  savings_balance: number | null;
  holding: 'PAYMENTS' | 'SAVINGS' | 'BOTH';
}

/** A customer as the feed of the week that ends on `sunday` shows them. */
export function customerRow(person: Person, sunday: number): CustomerRow {
  const [balance, , balance2w, , balance4w] = person.balances;
  const { savingsShare, logins } = person;
  return {
    party_id: person.id,
    age: ageOn(person, sunday),
    is_private: person.isPrivate,
    holds_product: person.holdsProduct,
    opt_in: person.optInOn !== null,
    opt_in_on: person.optInOn,
    opted_out: person.optedOut,
    deceased: person.deceased,
    fraud_flag: person.fraudFlag,
    relationship_ended: person.ended,
    address_bounced: person.bounced,
    has_app: person.hasApp,
    accounts: person.accounts,
    logins_30d: logins[0] + logins[1] + logins[2] + logins[3],
    balance,
    balance_2w: balance2w,
    balance_4w: balance4w,
    savings_balance: Math.round(balance * savingsShare),
    holding: savingsShare === 0 ? 'PAYMENTS' : savingsShare === 1 ? 'SAVINGS' : 'BOTH',
  };
}
