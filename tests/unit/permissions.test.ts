import { describe, expect, it } from 'vitest';
import {
  type Actor,
  abilityOf,
  PERMISSIONS,
  type Permission,
  ROLES,
  type Role,
  roleFor,
} from '../../src/domain/permissions.ts';

const O = 'OPERATOR';
const M = 'MARKETEER';
const C = 'COMPLIANCE_REVIEWER';
const K = 'CONTACT_CENTRE';

/** "Who may do what" of domain.md, written down again, row by row. */
const TABLE: Readonly<Record<string, readonly [acts: readonly Permission[], roles: readonly Role[]]>> = {
  'runs: see': [
    ['run.read', 'campaign.read', 'incident.read'],
    [O, M, C],
  ],
  'runs: start, resume': [['run.start', 'run.resume'], [O]],
  'runs: reproduce': [['run.reproduce'], [O, C]],
  'batch: see': [['batch.read'], [O, M, C]],
  'batch: review, remove, submit, release': [
    ['batch.review', 'batch.remove', 'batch.submit', 'batch.release'],
    [O],
  ],
  'batch: approve, reject': [['batch.approve', 'batch.reject'], [M]],
  'batch: hold': [['batch.hold'], [C]],
  'engine: pause': [['engine.pause'], [O, M, C]],
  'engine: resume': [['engine.resume'], [O]],
  'settings: see': [['config.read'], [O, M, C]],
  'what would have been: see': [
    ['simulation.run', 'config.preview'],
    [O, M, C],
  ],
  'settings: propose': [['config.propose'], [O, M]],
  'settings: approve, reject': [['config.approve'], [O, M, C]],
  'model: see': [['model.read'], [O, M, C]],
  'model: register, validate, activate': [
    ['model.register', 'model.validate', 'model.activate', 'model.challenge'],
    [O],
  ],
  'model: approve, revoke': [['model.approve', 'model.revoke'], [C]],
  'model: take out of use': [['model.retire'], [O, C]],
  'data use: see': [['dataUse.read'], [O, M, C]],
  'data use: declare': [['dataUse.declare'], [O, M]],
  'data use: sign off, withdraw': [['dataUse.decide'], [C]],
  'customer level': [['customer.read'], [O, C]],
  'customer level: internal explanation': [['explanation.readInternal'], [O, C]],
  'customer explanation': [['explanation.readCustomer'], [O, C, K]],
  'erase a customer': [['customer.erase'], [C]],
  'audit log: all of it': [['audit.read'], [C]],
  'audit log: own entries': [['audit.readOwn'], [O, C]],
  // "A config change that touches data is approved by compliance": of the feed contract all of them do.
  'feed contract: see': [['feedContract.read'], [O, M, C]],
  'feed contract: propose': [['feedContract.propose'], [O, M]],
  'feed contract: approve, reject': [['feedContract.decide'], [C]],
  'feed contract: withdraw a change': [['feedContract.withdraw'], [O, M, C]],
  // Not in the table: what the operator does around it, and who takes the calls of customers who want no mail.
  'campaign: apply': [['campaign.apply'], [O]],
  'batch: draw while the engine is off': [['batch.fallback'], [O]],
  'evidence of reviews': [['review.readEvidence'], [C]],
  'incident: resolve': [['incident.resolve'], [O]],
  'customer: wants no mail': [['customer.protect'], [O, K]],
  'customer: is to be erased': [['customer.requestErasure'], [O, C, K]],
  'viewer: who am I': [['viewer.read'], [O, M, C, K]],
};

const actor = (...roles: Role[]): Actor => ({ subject: 'someone', name: null, roles });

describe('permissions', () => {
  it('are those of the table, all of them', () => {
    const written = Object.values(TABLE).flatMap(([acts, roles]) =>
      acts.map((act): [string, string[]] => [act, [...roles].sort()]),
    );
    const coded = Object.entries(PERMISSIONS).map(([act, roles]): [string, string[]] => [
      act,
      [...roles].sort(),
    ]);
    const sorted = (entries: [string, string[]][]) => entries.sort(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted(coded)).toEqual(sorted(written));
  });

  it('give no role everything', () => {
    for (const role of ROLES) {
      const denied = Object.values(PERMISSIONS).filter((roles: readonly Role[]) => !roles.includes(role));
      expect(denied.length).toBeGreaterThan(0);
    }
  });

  it('are what the ability of an actor says, role by role', () => {
    for (const [permission, roles] of Object.entries(PERMISSIONS) as [Permission, readonly Role[]][]) {
      for (const role of ROLES) {
        expect(abilityOf(actor(role)).can(permission, 'all')).toBe(roles.includes(role));
        expect(roleFor(actor(role), permission)).toBe(roles.includes(role) ? role : null);
      }
    }
  });

  it('add up over roles, and none is none', () => {
    expect(abilityOf(actor(O, M)).can('batch.approve', 'all')).toBe(true);
    expect(abilityOf(actor(O, M)).can('batch.release', 'all')).toBe(true);
    expect(Object.keys(PERMISSIONS).some((act) => abilityOf(actor()).can(act as Permission, 'all'))).toBe(
      false,
    );
    expect(roleFor(actor(), 'run.read')).toBeNull();
  });

  it('are of a service client what its scopes leave of its role', () => {
    const service: Actor = { ...actor(K), scopes: ['customer.protect', 'batch.approve'] };
    expect(roleFor(service, 'customer.protect')).toBe(K);
    for (const permission of ['batch.approve', 'explanation.readCustomer', 'viewer.read'] as const) {
      expect(roleFor(service, permission)).toBeNull();
      expect(abilityOf(service).can(permission, 'all')).toBe(false);
    }
  });

  it('are used under the first role that has them', () => {
    expect(roleFor(actor(K, C, O), 'customer.read')).toBe(C);
    expect(roleFor(actor(M, O), 'batch.release')).toBe(O);
  });
});
