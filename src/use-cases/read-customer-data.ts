import type { AuditAction } from '../audit/action.ts';
import type { AuditEntry } from '../audit/entry.ts';
import { type Permission, roleFor } from '../domain/permissions.ts';
import { refuseAgent, refusePurpose } from '../domain/purpose.ts';
import { refuse } from '../domain/refusal.ts';
import { customerName } from '../store/customer-pseudonym.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { type Act, type Caller, execute, type Facts } from './execute.ts';
import type { Services } from './services.ts';

/** What a read of customers is called, who may, and what its entry says. */
export interface CustomerRead<R> {
  readonly action: AuditAction;
  /** `customer.read` when left out. */
  readonly permission?: Permission;
  readonly facts: Facts;
  /** Whoever is asked for, where it is one. */
  readonly customer?: string;
  /** What the entry says of the answer, beside what was asked. */
  readonly found: (result: R) => AuditEntry['details'];
  /** The name that the log has for the customer, where the read itself came upon it: it is not looked up again then. */
  readonly named?: (result: R) => string | null;
}

/**
 * A read of customer-level data: permitted, for a purpose, done and audited in one transaction. Its subject is the `customer`
 * asked for, by the name that the log has for them, where there is one. Throws RefusalError.
 */
export async function readCustomerData<R>(
  services: Services,
  caller: Caller,
  about: CustomerRead<R>,
  read: (tx: Transaction) => Promise<R>,
): Promise<R> {
  const { action, permission = 'customer.read', facts, customer, found, named = () => null } = about;
  const details = { ...facts.details, ...purposeOf(caller) };
  const asked = async ({ tx }: Act, name: string | null = null): Promise<Facts> => {
    const subject =
      customer === undefined
        ? facts.subject
        : (name ?? (await customerName(tx, services.randomness, customer)));
    return { ...facts, subject, details };
  };
  const handle = async (act: Act) => {
    assertPurpose(services, caller, customer);
    assertPace(services, caller, permission, act.now);
    const result = await read(act.tx);
    const said = await asked(act, named(result));
    return { result, facts: { ...said, details: { ...details, ...found(result) } } };
  };
  return execute(services, caller, { action, permission, about: (_, act) => asked(act), handle }, undefined);
}

/** What an entry says of the purpose; nobody states one in development, and nobody has to. */
function purposeOf({ purpose = null }: Caller): AuditEntry['details'] {
  const reference = purpose?.reference ?? null;
  return { purpose: purpose?.kind ?? null, ...(reference === null ? {} : { reference }) };
}

function assertPurpose(
  { reading }: Services,
  { actor, purpose = null, agent = null }: Caller,
  customer?: string,
): void {
  if (purpose === null && reading.purposeRequired) refusePurpose();
  if (actor.scopes !== undefined && agent === null) refuseAgent();
  // The log knows customers by names that go with them: their own id must not stay in it as a reference.
  if (customer !== undefined && purpose?.reference === customer)
    refuse(
      'BAD_INPUT',
      'PURPOSE_REFERENCE',
      'The reference of a purpose is the number of a case, not of the customer.',
    );
}

/** The contact centre reads as fast as people ask, and no faster. */
function assertPace(
  { reading }: Services,
  { actor, agent = null }: Caller,
  permission: Permission,
  now: Date,
): void {
  if (roleFor(actor, permission) !== 'CONTACT_CENTRE') return;
  const { pace } = reading;
  if (pace.take(JSON.stringify([actor.subject, agent]), now)) return;
  refuse(
    'LIMIT_EXCEEDED',
    'READ_PACE',
    `You read ${pace.perMinute} customers a minute at most; go on in a minute.`,
  );
}
