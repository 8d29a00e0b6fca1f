import type { EntityManager } from 'typeorm';
import { pseudonymOf } from '../audit/pseudonym.ts';
import { isCustomer } from '../domain/customer.ts';
import type { Randomness } from '../domain/ports.ts';

type Reader = Pick<EntityManager, 'query'>;

const SECRET_BYTES = 16;

/**
 * The name under which the log speaks of a customer. Its secret is drawn at the first mention of whoever is on record and goes
 * when they are erased; null for a text that names nobody on record, who would otherwise come on record by being asked for.
 */
export async function customerName(
  tx: EntityManager,
  randomness: Randomness,
  customer: string,
): Promise<string | null> {
  const known = await knownCustomerName(tx, customer);
  if (known !== null || !isCustomer(customer)) return known;
  await shareCustomer(tx, customer);
  const [found]: { known: boolean }[] = await tx.query('select customer_is_known($1, false) as known', [
    customer,
  ]);
  if (found?.known !== true) return null;
  // Of two first mentions at once, the second waits for the first and takes its secret.
  await tx.query('insert into customer_pseudonym (customer, secret) values ($1, $2) on conflict do nothing', [
    customer,
    randomness.bytes(SECRET_BYTES),
  ]);
  return knownCustomerName(tx, customer);
}

/** The name under which the log speaks of a customer, null when it never did or the customer was erased. */
export async function knownCustomerName(db: Reader, customer: string): Promise<string | null> {
  if (!isCustomer(customer)) return null;
  const [row]: { secret: Buffer }[] = await db.query(
    'select secret from customer_pseudonym where customer = $1',
    [customer],
  );
  return row === undefined ? null : pseudonymOf(row.secret, customer);
}

/** Holds a customer against being erased until the transaction ends: for whatever adds to what is known of them. */
export async function shareCustomer(tx: EntityManager, customer: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [lockName(customer)]);
}

/** Waits until nobody adds to what is known of a customer, and keeps everyone from it until the transaction ends. */
export async function holdCustomer(tx: EntityManager, customer: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [lockName(customer)]);
}

const lockName = (customer: string) => `customer ${customer}`;
