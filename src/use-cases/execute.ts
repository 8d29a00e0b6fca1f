import { type AuditAction, missingFrom } from '../audit/action.ts';
import { appendEntry } from '../audit/append.ts';
import { type AuditEntry, idFromOutside } from '../audit/entry.ts';
import { type Actor, type Permission, type Role, roleFor } from '../domain/permissions.ts';
import type { Purpose } from '../domain/purpose.ts';
import { Refusal, RefusalError } from '../domain/refusal.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Services } from './services.ts';

/** Who asks, and under which request. */
export interface Caller {
  readonly actor: Actor;
  readonly requestId: string | null;
  /** For what customers are read, where they are. */
  readonly purpose?: Purpose | null;
  /** Whoever of a service client's people asks. */
  readonly agent?: string | null;
}

/** What an audit entry says of an act, beside who did it, when and under which role. */
export interface Facts {
  readonly campaign: string | null;
  /** The id of what the act was about; of a customer, the name that the log has for them (customer-pseudonym.store.ts). */
  readonly subject: string | null;
  /** Of what was decided upon or recorded. */
  readonly digest?: string | null;
  readonly details?: AuditEntry['details'];
}

/** One act under way: its transaction, its instant, its person. */
export interface Act {
  readonly tx: Transaction;
  readonly now: Date;
  readonly actor: Actor;
  readonly services: Services;
}

/** An act that changes something: who may, and how. Its handler returns the result with the facts for the log, and the role where not
 * the first that permits it counts. */
export interface Command<I, R> {
  readonly action: AuditAction;
  readonly permission: Permission;
  /** What a refused attempt was about, told in the transaction of its entry. */
  readonly about: (input: I, act: Act) => Facts | Promise<Facts>;
  readonly handle: (
    act: Act,
    input: I,
  ) => Promise<{ readonly result: R; readonly facts: Facts; readonly role?: Role }>;
  /** What a refused attempt leaves beside its entry, in the transaction of it: whom somebody must tell. */
  readonly refused?: (act: Act, input: I, refusal: Refusal) => Promise<void>;
}

/**
 * The one way in which anything changes: permission, load, decide, save and audit in one transaction, so that no change is
 * without its entry. A refusal undoes the act and is audited by itself. Throws RefusalError.
 */
export async function execute<I, R>(
  services: Services,
  caller: Caller,
  command: Command<I, R>,
  input: I,
): Promise<R> {
  const now = services.clock.now();
  const role = roleFor(caller.actor, command.permission);
  try {
    return await services.db.transaction(async (tx) => {
      if (role === null) throw denied(command.permission);
      const done = await command.handle({ tx, now, actor: caller.actor, services }, input);
      const { result, facts } = done;
      await record(tx, { now, caller, role: done.role ?? role, action: command.action, facts });
      return result;
    });
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    const { refusal } = error;
    await services.db.transaction(async (tx) => {
      const act = { tx, now, actor: caller.actor, services };
      const facts = await command.about(input, act);
      await append(tx, { now, caller, role, action: command.action, facts, refusal });
      await command.refused?.(act, input, refusal);
    });
    throw error;
  }
}

/** Lets whoever may do an act pass to it; a refused attempt is audited. Throws RefusalError. */
export async function permit(services: Services, caller: Caller, permission: Permission): Promise<void> {
  if (roleFor(caller.actor, permission) !== null) return;
  const error = denied(permission);
  await services.db.transaction((tx) =>
    append(tx, {
      now: services.clock.now(),
      caller,
      role: null,
      action: permission,
      facts: { campaign: null, subject: null },
      refusal: error.refusal,
    }),
  );
  throw error;
}

interface Deed {
  readonly now: Date;
  readonly caller: Caller;
  readonly role: Role | null;
  readonly action: AuditAction;
  readonly facts: Facts;
}

/** Writes the entry of what was done into its transaction. Throws where it does not say what such an entry must. */
export async function record(tx: Transaction, deed: Deed): Promise<void> {
  const missing = missingFrom(deed.action, deed.facts);
  if (missing.length > 0) throw new TypeError(`an entry of ${deed.action} lacks ${missing.join(', ')}`);
  await append(tx, deed);
}

async function append(
  tx: Transaction,
  deed: Omit<Deed, 'action'> & { readonly action: AuditAction | Permission; readonly refusal?: Refusal },
): Promise<void> {
  const { now, caller, role, action, facts, refusal } = deed;
  const { agent = null } = caller;
  await appendEntry(tx, {
    at: now.toISOString(),
    actor: caller.actor.subject,
    role,
    action,
    campaign: facts.campaign === null ? null : idFromOutside(facts.campaign),
    subject: facts.subject === null ? null : idFromOutside(facts.subject),
    digest: facts.digest ?? null,
    requestId: caller.requestId,
    refusal: refusal === undefined ? null : { code: refusal.code, rule: refusal.rule },
    details: { ...facts.details, ...(agent === null ? {} : { agent }) },
  });
}

function denied(permission: Permission): RefusalError {
  return new RefusalError(
    new Refusal('FORBIDDEN', permission, `Your roles do not permit this (${permission}).`),
  );
}
