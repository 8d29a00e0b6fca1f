import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../src/domain/permissions.ts';
import { ACT_NAMES, type ActName, FourEyesWorld, permissionOf, permits } from '../support/four-eyes-world.ts';
import { SMALL } from '../support/small-campaign.ts';
import { faultOf } from '../support/small-record.ts';
import { changeState } from '../support/state-change.ts';

let world: FourEyesWorld;
beforeAll(async () => {
  world = await FourEyesWorld.start();
});
afterAll(() => world?.harness.stop());

type Step = readonly [act: ActName, by: string, roles: readonly Role[]];

/** Whoever did an act, in whose roles of that moment it was permitted. */
const doers = (act: ActName | readonly ActName[], subject: string): ReadonlySet<string> => {
  const acts: readonly ActName[] = typeof act === 'string' ? [act] : act;
  const found = world.done.filter((one) => acts.includes(one.act) && one.subject === subject);
  return new Set(found.filter((one) => permits(one.roles, one.act)).map(({ by }) => by));
};

/** Of everything that is out, in force, live, signed or erased: two people were needed who might. */
async function expectFourEyes(): Promise<Readonly<Record<string, number>>> {
  const { batches, changes, models, uses, contracts, erasures } = await world.outcomes();
  for (const { id, submittedBy, decidedBy, releasedBy } of batches) {
    expect([...doers('submit', id)]).toContain(submittedBy);
    expect([...doers('approve', id)]).toContain(decidedBy);
    expect([...doers('release', id)]).toContain(releasedBy);
    expect([...doers(['review', 'remove', 'submit'], id)]).not.toContain(decidedBy);
  }
  for (const { id, hands, needs, decidedBy } of changes) {
    const approvers = doers('approveConfig', id);
    expect([...approvers]).toContain(decidedBy);
    expect(hands.filter((hand) => !doers(['propose', 'amend'], id).has(hand))).toEqual([]);
    // An approver may have edited a later revision; of the last one, none had a hand in it.
    expect(hands).not.toContain(decidedBy);
    const outside = [...approvers].filter((by) => !hands.includes(by));
    expect(outside.length).toBeGreaterThanOrEqual(needs.length);
  }
  for (const { id, registeredBy, approvedBy } of models) {
    expect([...doers('register', id)]).toEqual([registeredBy]);
    const approvers = doers('approveModel', id);
    expect([...approvers].filter((by) => by === registeredBy)).toEqual([]);
    if (approvedBy !== null) expect([...approvers]).toContain(approvedBy);
    expect(doers('activate', id).size).toBeGreaterThan(0);
  }
  const declared = uses.filter(({ id }) => doers('declare', id).size > 0);
  for (const { id, declaredBy, signedBy } of declared) {
    expect([...doers('declare', id)]).toEqual([declaredBy]);
    expect([...doers('signOff', id)]).toEqual([signedBy]);
    expect(signedBy).not.toBe(declaredBy);
  }
  for (const { id, proposedBy, decidedBy } of contracts) {
    expect([...doers('proposeContract', id)]).toEqual([proposedBy]);
    expect([...doers('approveContract', id)]).toEqual([decidedBy]);
    expect(decidedBy).not.toBe(proposedBy);
  }
  for (const { erasedBy, requestedBy } of erasures) expect(erasedBy).not.toBe(requestedBy);
  return {
    batches: batches.length,
    changes: changes.length,
    models: models.length,
    uses: declared.length,
    contracts: contracts.length,
    erasures: erasures.length,
  };
}

/** The whole way of everything, by two people, each with the one role that it takes. */
const STRAIGHT: readonly Step[] = [
  ['review', 'ann', ['OPERATOR']],
  ['submit', 'ann', ['OPERATOR']],
  ['approve', 'ben', ['MARKETEER']],
  ['release', 'ann', ['OPERATOR']],
  ['propose', 'ann', ['OPERATOR']],
  ['approveConfig', 'ben', ['MARKETEER']],
  ['approveConfig', 'cai', ['COMPLIANCE_REVIEWER']],
  ['register', 'ann', ['OPERATOR']],
  ['approveModel', 'ben', ['COMPLIANCE_REVIEWER']],
  ['activate', 'ann', ['OPERATOR']],
  ['declare', 'ann', ['MARKETEER']],
  ['signOff', 'ben', ['COMPLIANCE_REVIEWER']],
  ['proposeContract', 'ann', ['MARKETEER']],
  ['approveContract', 'ben', ['COMPLIANCE_REVIEWER']],
  ['requestErasure', 'ann', ['CONTACT_CENTRE']],
  ['erase', 'ben', ['COMPLIANCE_REVIEWER']],
];

describe('four eyes', () => {
  it('hold over whatever people do, in whatever roles they have at that moment', async () => {
    const step: fc.Arbitrary<Step> = fc.tuple(
      fc.oneof(
        // Steps of the way are likelier than turnings, or few stories would arrive.
        { weight: 3, arbitrary: fc.constantFrom<ActName[]>(...STRAIGHT.map(([act]) => act)) },
        { weight: 1, arbitrary: fc.constantFrom(...ACT_NAMES) },
      ),
      fc.constantFrom('ann', 'ben', 'cai'),
      fc.oneof(fc.constant(ROLES), fc.subarray([...ROLES])),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
        await world.begin();
        for (const [act, by, roles] of steps) {
          const refusal = await world.attempt(act, by, roles);
          if (!permits(roles, act)) expect(refusal).toBe(`FORBIDDEN ${permissionOf(act)}`);
        }
        await expectFourEyes();
      }),
      { numRuns: 8, examples: [[[...STRAIGHT]]] },
    );
    const seen = await expectFourEyes();
    expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
    expect(await faultOf(world.harness)).toBeNull();
  });

  it('keep one person of all roles from bringing anything home, whatever the order', async () => {
    await world.begin();
    const before = await expectFourEyes();
    for (const [act] of [...STRAIGHT, ...STRAIGHT.toReversed(), ...STRAIGHT])
      await world.attempt(act, 'solo', ROLES);
    expect(await expectFourEyes()).toEqual(before);
  });

  it('are not needed to pause, which one person of a permitted role does', async () => {
    await world.begin();
    for (const role of ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'] as const) {
      expect(await world.attempt('pause', 'ann', [role])).toBeNull();
      expect(await world.attempt('resume', 'ann', ['OPERATOR'])).toBeNull();
    }
    expect(await world.attempt('pause', 'ann', ['CONTACT_CENTRE'])).toBe('FORBIDDEN engine.pause');
    await world.attempt('pause', 'ann', ['MARKETEER']);
    expect(await world.attempt('resume', 'ann', ['MARKETEER', 'COMPLIANCE_REVIEWER'])).toBe(
      'FORBIDDEN engine.resume',
    );
    // What is paused mails nobody.
    for (const [act, by, roles] of STRAIGHT.slice(0, 3)) await world.attempt(act, by, roles);
    expect(await world.attempt('release', 'ann', ['OPERATOR'])).toBe('INVALID_STATE ENGINE_PAUSED');
  });
});

describe('what is not permitted', () => {
  it.each<[string, readonly Role[]]>([
    ['nobody in particular', []],
    // As a token could say it that was made for another system.
    ['an unknown role', ['ADMIN' as Role, 'toString' as Role, '__proto__' as Role]],
    ['the contact centre', ['CONTACT_CENTRE']],
  ])('is denied: %s', async (_, roles) => {
    for (const act of ACT_NAMES) {
      if (permits(roles, act)) continue;
      expect(await world.attempt(act, 'zed', roles)).toBe(`FORBIDDEN ${permissionOf(act)}`);
    }
  });
});

describe('by SQL under the service’s own rights', () => {
  beforeEach(() => world.begin());
  const sql = (text: string, parameters: unknown[] = []) =>
    changeState(world.harness.services.db, (tx) => tx.query(text, parameters));
  const refused = (text: string, parameters: unknown[] = []) =>
    expect(sql(text, parameters)).rejects.toThrow(
      /violates|nobody approved|another person|not .* to approve|another content|hands stay|for good|permission denied|nobody asked/,
    );
  const all = (...acts: ActName[]) =>
    acts.reduce<Promise<unknown>>(
      (before, act) => before.then(() => world.attempt(act, 'ann', ROLES)),
      Promise.resolve(),
    );

  it('no settings come into force', async () => {
    await all('propose');
    const change = world.change;
    await refused(
      `insert into config_version (id, campaign, number, settings, digest, effective_from, created_by)
       select gen_random_uuid(), campaign, number + 1, settings, digest, now(), 'ann' from config_version
       where campaign = $1 order by number desc limit 1`,
      [SMALL],
    );
    await refused(
      `insert into config_version (id, campaign, number, settings, digest, effective_from, created_by)
       select gen_random_uuid(), campaign, number + 1, settings, digest, effective_from, 'ann' from config_version
       where campaign = $1 and number = 1`,
      [SMALL],
    );
    await refused(`update config_version set settings = '{}' where campaign = $1`, [SMALL]);
    for (const role of ['OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER'])
      await refused(`insert into config_approval values ($1, 1, $2, 'ann', now(), null)`, [change, role]);
    await refused(`insert into config_approval values ($1, 2, 'MARKETEER', 'ben', now(), null)`, [change]);
    await refused(
      `update config_change set status = 'EFFECTIVE', version = base + 1, decided_by = 'ben', decided_at = now() where id = $1`,
      [change],
    );
    await refused(
      `with effective as (
         update config_change set status = 'EFFECTIVE', version = base + 1, decided_by = 'ben', decided_at = now()
         where id = $1 returning *)
       insert into config_version (id, campaign, number, settings, digest, effective_from, created_by)
       select gen_random_uuid(), campaign, version, settings, digest, decided_at, proposed_by from effective`,
      [change],
    );
    await refused(`update config_change set hands = array['zed'] where id = $1`, [change]);
    await refused(`update config_change set needs = array['MARKETEER', 'OPERATOR'] where id = $1`, [change]);
    await refused(`update config_change set settings = settings || '{"threshold": 0}' where id = $1`, [
      change,
    ]);
    await refused(`update config_change set proposed_by = 'zed' where id = $1`, [change]);
  });

  it('no batch is approved by a hand in it, or released without', async () => {
    await all('review', 'submit');
    const { batch } = world;
    const approve = `update batch set status = 'APPROVED', decided_by = $2, decided_at = now(), approved_digest = digest where id = $1`;
    await refused(approve, [batch, 'ann']);
    await refused(
      `update batch set status = 'RELEASED', released_by = 'ann', released_at = now() where id = $1`,
      [batch],
    );
    // Not even when the submitter is another in the row: who reviewed is a hand in it.
    await refused(
      `update batch set submitted_by = 'zed', status = 'APPROVED', decided_by = 'ann', decided_at = now(), approved_digest = digest where id = $1`,
      [batch],
    );
  });

  it('no model goes live, and no data use is signed, by who brought it', async () => {
    await all('register', 'declare');
    await refused(
      `update model_version set approved_by = 'ann', approved_at = now(), status = 'APPROVED' where id = $1`,
      [world.model],
    );
    await refused(`update model_version set status = 'LIVE', live_from = now() where id = $1`, [world.model]);
    await refused(
      `update data_use set status = 'SIGNED_OFF', signed_by = 'ann', signed_at = now(), decided_by = 'ann', decided_at = now() where id = $1`,
      [world.use],
    );
    await refused(
      `update data_use set status = 'SIGNED_OFF', decided_by = 'ben', decided_at = now() where id = $1`,
      [world.use],
    );
  });

  it('no customer is erased on nobody else’s request', async () => {
    await refused(
      `insert into erasure (id, erased_at, erased_by, requested_by, reason, tombstone, rows, digest)
       values (gen_random_uuid(), now(), 'ann', 'ann', 'why', decode(repeat('00', 32), 'hex'), 0, 'sha256:' || repeat('0', 64))`,
    );
    await refused('select erase_customer(gen_random_uuid(), $1)', [world.erased]);
    await refused('delete from recipient where batch_id = $1', [world.batch]);
  });
});
