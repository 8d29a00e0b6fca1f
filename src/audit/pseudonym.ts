import { hash } from 'node:crypto';

const PREFIX = 'customer:';
/** 22 characters of base64url are 132 bits. */
const LENGTH = 22;

/**
 * The name under which the log speaks of a customer: nobody finds the customer by it without the secret (16 bytes), and nobody at
 * all once the secret is gone.
 */
export function pseudonymOf(secret: Uint8Array, customer: string): string {
  return (
    PREFIX + hash('sha256', Buffer.concat([secret, Buffer.from(customer)]), 'base64url').slice(0, LENGTH)
  );
}
