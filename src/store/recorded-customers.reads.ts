import type { Transaction } from './transaction.ts';

/** A row about a customer, with the secret of their name in the log: null where it is gone or never was. */
export interface ProtectedCustomer {
  readonly customer: string;
  readonly secret: Buffer | null;
  /** '' for an opt-out, which holds for all. */
  readonly campaign: string;
  /** The day on which an opt-out was recorded, or the last one on the quiet list. */
  readonly day: string;
  readonly by: string;
  readonly reason: string | null;
  /** When it came on the quiet list. */
  readonly at: Date | null;
}

const TABLES = {
  opt_out: `select customer, secret, '' as campaign, recorded_on::text as day, recorded_by as by, note as reason, null as at
            from opt_out left join customer_pseudonym using (customer)`,
  quiet_list: `select customer, secret, campaign, until::text as day, added_by as by, reason, added_at as at
               from quiet_list left join customer_pseudonym using (customer)`,
} as const;

/** Who opted out, or who is kept in the lee; in a fixed order. */
export async function protectedCustomers(
  tx: Transaction,
  table: keyof typeof TABLES,
): Promise<readonly ProtectedCustomer[]> {
  return tx.query(`${TABLES[table]} order by customer, campaign, at`);
}

/** Everyone whom the log can name, with the secret of the name. */
export async function pseudonymSecrets(
  tx: Transaction,
): Promise<readonly { readonly customer: string; readonly secret: Buffer }[]> {
  return tx.query('select customer, secret from customer_pseudonym');
}
