import { refuse } from './refusal.ts';

const CUSTOMER = /^[A-Za-z0-9_-]{1,64}$/;

/** Whether a text can be the pseudonym of a customer. What cannot be one may be anything, a name too: it is not recorded. */
export function isCustomer(text: string): boolean {
  return CUSTOMER.test(text);
}

export function needCustomer(customer: string): void {
  if (!isCustomer(customer))
    refuse('BAD_INPUT', 'CUSTOMER', 'A customer is named by 1 to 64 of A-Z a-z 0-9 _ -.');
}
