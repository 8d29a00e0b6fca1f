import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amended,
  approved,
  type ChangeState,
  missingApprovals,
  neededApprovals,
  proposed,
  proposingRole,
  rejected,
  withdrawn,
} from '../../src/domain/config-change.ts';
import type { Role } from '../../src/domain/permissions.ts';
import { Refusal } from '../../src/domain/refusal.ts';

const actor = (subject: string, ...roles: Role[]) => ({ subject, name: null, roles });
const OLGA = actor('olga', 'OPERATOR');
const OTTO = actor('otto', 'OPERATOR');
const MARK = actor('mark', 'MARKETEER');
const CARLA = actor('carla', 'COMPLIANCE_REVIEWER');
const ALL = actor('all', 'OPERATOR', 'MARKETEER', 'COMPLIANCE_REVIEWER');

const done = (state: ChangeState | Refusal): ChangeState => {
  if (state instanceof Refusal) throw new Error(state.rule);
  return state;
};
const ruleOf = (state: ChangeState | Refusal) => (state instanceof Refusal ? state.rule : state.status);
const both = proposed('olga', ['MARKETEER', 'COMPLIANCE_REVIEWER']);

describe('who approves', () => {
  it.each<[string[], Role[]]>([
    [['threshold', 'capacity', 'schedule'], ['MARKETEER']],
    [['minAge', 'maxAge', 'restWeeks', 'maxMailsPerDay', 'maxMailsPer14Days'], ['MARKETEER']],
    [['holdoutShare'], ['MARKETEER', 'COMPLIANCE_REVIEWER']],
    [['explorationSize'], ['MARKETEER', 'COMPLIANCE_REVIEWER']],
    [
      ['threshold', 'limits.DRIFT.halt'],
      ['MARKETEER', 'COMPLIANCE_REVIEWER'],
    ],
    [['overrides.age'], ['MARKETEER', 'COMPLIANCE_REVIEWER']],
    [['sampleSize'], ['MARKETEER', 'COMPLIANCE_REVIEWER']],
    [['somethingNew'], ['MARKETEER', 'COMPLIANCE_REVIEWER']],
  ])('%j needs %j', (fields, needs) => {
    expect(neededApprovals('OPERATOR', fields)).toEqual(needs);
    const [, ...rest] = needs;
    expect(neededApprovals('MARKETEER', fields)).toEqual(['OPERATOR', ...rest]);
  });

  it('is the other role, whichever of theirs comes first to whoever has both', () => {
    expect(proposingRole(MARK)).toBe('MARKETEER');
    expect(proposingRole(actor('x', 'COMPLIANCE_REVIEWER', 'MARKETEER', 'OPERATOR'))).toBe('MARKETEER');
    expect(() => proposingRole(CARLA)).toThrow(TypeError);
  });
});

describe('the life of a change', () => {
  it('ends in force when each role that it needs has approved, by another person each', () => {
    const first = done(approved(both, MARK));
    expect(first).toMatchObject({ status: 'APPROVED', approvals: [{ by: 'mark', role: 'MARKETEER' }] });
    expect(missingApprovals(first)).toEqual(['COMPLIANCE_REVIEWER']);
    expect(done(approved(first, CARLA)).status).toBe('EFFECTIVE');
    expect(done(approved(done(approved(both, CARLA)), MARK)).status).toBe('EFFECTIVE');
  });

  it('is not approved by who had a hand in it, whatever their roles', () => {
    expect(ruleOf(approved(proposed('all', ['MARKETEER']), ALL))).toBe('ANOTHER_PERSON');
    const edited = done(amended(both, 'otto', both.needs));
    expect(ruleOf(approved(edited, actor('otto', 'MARKETEER')))).toBe('ANOTHER_PERSON');
    expect(ruleOf(approved(edited, actor('olga', 'MARKETEER')))).toBe('ANOTHER_PERSON');
    expect(ruleOf(rejected(edited, actor('olga', 'MARKETEER')))).toBe('ANOTHER_PERSON');
  });

  it('is not approved twice by one person of two roles', () => {
    const first = done(approved(both, ALL));
    expect(ruleOf(approved(first, ALL))).toBe('ONE_APPROVAL');
    expect(done(approved(first, CARLA)).status).toBe('EFFECTIVE');
  });

  it('is not approved under a role that it does not wait for', () => {
    expect(ruleOf(approved(both, OTTO))).toBe('APPROVING_ROLE');
    expect(ruleOf(approved(both, actor('cees', 'CONTACT_CENTRE')))).toBe('APPROVING_ROLE');
    expect(ruleOf(approved(both, actor('nobody')))).toBe('APPROVING_ROLE');
    expect(ruleOf(approved(done(approved(both, MARK)), actor('nina', 'MARKETEER')))).toBe('APPROVING_ROLE');
    expect(ruleOf(rejected(both, OTTO))).toBe('APPROVING_ROLE');
  });

  it('begins anew with every edit', () => {
    const first = done(approved(both, MARK));
    const edited = done(amended(first, 'otto', ['MARKETEER']));
    expect(edited).toEqual({
      status: 'PROPOSED',
      proposedBy: 'olga',
      hands: ['olga', 'otto'],
      needs: ['MARKETEER'],
      approvals: [],
    });
    expect(done(approved(edited, MARK)).status).toBe('EFFECTIVE');
  });

  it('is taken back by its proposer alone, and rejected by whose approval it needs', () => {
    expect(ruleOf(withdrawn(both, 'olga'))).toBe('WITHDRAWN');
    expect(ruleOf(withdrawn(both, 'otto'))).toBe('OWN_CHANGE');
    expect(ruleOf(rejected(both, CARLA))).toBe('REJECTED');
    expect(ruleOf(rejected(done(approved(both, MARK)), MARK))).toBe('REJECTED');
  });

  it('has no way back once it is closed', () => {
    for (const status of ['REJECTED', 'EFFECTIVE', 'WITHDRAWN'] as const) {
      const closed = { ...both, status };
      for (const next of [
        approved(closed, MARK),
        amended(closed, 'olga', both.needs),
        rejected(closed, MARK),
        withdrawn(closed, 'olga'),
      ])
        expect(ruleOf(next)).toBe('CHANGE_STATUS');
    }
  });

  it('never ends in force by fewer people than it needs, whoever does what', () => {
    const people = [
      OLGA,
      OTTO,
      MARK,
      CARLA,
      ALL,
      actor('cees', 'CONTACT_CENTRE'),
      actor('two', 'OPERATOR', 'MARKETEER'),
    ];
    const act = fc.tuple(
      fc.constantFrom('approve', 'amend', 'reject', 'withdraw'),
      fc.constantFrom(...people),
      fc.boolean(),
    );
    const ended = new Set<string>();
    fc.assert(
      fc.property(fc.constantFrom(OLGA, MARK, ALL), fc.array(act, { maxLength: 8 }), (proposer, acts) => {
        const needsOf = (by: typeof OLGA, compliance: boolean) =>
          neededApprovals(proposingRole(by), [compliance ? 'holdoutShare' : 'threshold']);
        let state = proposed(proposer.subject, needsOf(proposer, true));
        for (const [name, by, compliance] of acts) {
          const mayEdit = by.roles.some((role) => role === 'OPERATOR' || role === 'MARKETEER');
          const next =
            name === 'approve'
              ? approved(state, by)
              : name === 'reject'
                ? rejected(state, by)
                : name === 'withdraw'
                  ? withdrawn(state, by.subject)
                  : mayEdit
                    ? amended(state, by.subject, needsOf(by, compliance))
                    : state;
          if (!(next instanceof Refusal)) state = next;
        }
        ended.add(state.status);
        if (state.status !== 'EFFECTIVE') return;
        const approvers = state.approvals.map(({ by }) => by);
        expect(new Set(approvers).size).toBe(state.needs.length);
        expect(state.approvals.map(({ role }) => role).toSorted()).toEqual([...state.needs].toSorted());
        expect(state.hands.filter((hand) => approvers.includes(hand))).toEqual([]);
      }),
      {
        examples: [
          [
            OLGA,
            [
              ['amend', OTTO, false],
              ['approve', MARK, false],
            ],
          ],
        ],
      },
    );
    expect(ended).toContain('EFFECTIVE');
  });
});
