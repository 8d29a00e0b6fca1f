import { describe, expect, it } from 'vitest';
import {
  acceptedGates,
  isAtHand,
  judgeApproval,
  judgeRevocation,
  judgeUse,
  type ModelLife,
} from '../../src/domain/model-life.ts';
import { type JudgedGate, MODEL_STATUSES } from '../../src/domain/model-version.ts';

const BEFORE = new Date('2026-01-01T00:00:00Z');
const model = (change: Partial<ModelLife>): ModelLife => ({
  status: 'VALIDATED',
  registeredBy: 'olga',
  approvedBy: null,
  liveFrom: null,
  ...change,
});
const APPROVED = model({ status: 'APPROVED', approvedBy: 'carla' });

describe('the life of a model version', () => {
  it('has approval follow validation, by another person than registered it', () => {
    const approvable = MODEL_STATUSES.filter((status) => judgeApproval(model({ status }), 'carla') === null);
    expect(approvable).toEqual(['VALIDATED']);
    expect(judgeApproval(model({}), 'olga')).toMatchObject({ code: 'FOUR_EYES', rule: 'ANOTHER_PERSON' });
  });

  it('has an approval revoked while it stands, by whoever gave it or another, not by who registered it', () => {
    expect(judgeRevocation(APPROVED, 'carla')).toBeNull();
    expect(judgeRevocation(APPROVED, 'clara')).toBeNull();
    expect(judgeRevocation({ ...APPROVED, status: 'LIVE' }, 'clara')).toBeNull();
    expect(judgeRevocation({ ...APPROVED, status: 'RETIRED' }, 'clara')).toBeNull();
    expect(judgeRevocation(APPROVED, 'olga')).toMatchObject({ code: 'FOUR_EYES' });
    expect(judgeRevocation(model({}), 'carla')).toMatchObject({
      code: 'INVALID_STATE',
      rule: 'MODEL_STATUS',
    });
  });

  it('has it put to use by who registered it or another, not by who approved it', () => {
    expect(judgeUse(APPROVED, 'olga')).toBeNull();
    expect(judgeUse(APPROVED, 'otto')).toBeNull();
    expect(judgeUse(APPROVED, 'carla')).toMatchObject({ code: 'FOUR_EYES', rule: 'ANOTHER_PERSON' });
  });

  it('lets a campaign return to what was live and is still approved, and to nothing else that is retired', () => {
    const retired = { ...APPROVED, status: 'RETIRED' as const };
    expect(isAtHand({ ...retired, liveFrom: BEFORE })).toBe(true);
    expect(isAtHand(retired)).toBe(false);
    expect(isAtHand({ ...retired, liveFrom: BEFORE, approvedBy: null })).toBe(false);
    const usable = MODEL_STATUSES.filter((status) => isAtHand({ ...APPROVED, status }));
    expect(usable).toEqual(['APPROVED']);
    expect(judgeUse({ ...APPROVED, status: 'LIVE' }, 'otto')).toMatchObject({ rule: 'MODEL_STATUS' });
  });
});

describe('the gates of an approval', () => {
  const gate = (name: string, verdict: JudgedGate['verdict']): JudgedGate => ({
    name,
    verdict,
    measured: '1',
    limit: '0',
    message: `${name} found something`,
    acceptedBy: null,
    acceptance: null,
  });
  const passed = gate('CARD', 'PASS');
  const warned = gate('TOO_GOOD', 'WARN');

  it('say of each that warns who accepted it and why, and of no other', () => {
    const acceptances = [
      { gate: 'TOO_GOOD', reason: ' a small sample ' },
      { gate: 'CARD', reason: 'not asked for' },
    ];
    expect(acceptedGates([passed, warned], acceptances, 'carla')).toEqual([
      passed,
      { ...warned, acceptedBy: 'carla', acceptance: 'a small sample' },
    ]);
  });

  it.each([
    ['warns and nobody accepted that', warned, []],
    ['warns and was accepted without a word', warned, [{ gate: 'TOO_GOOD', reason: ' ' }]],
    ['fails, whatever is accepted', gate('TOO_GOOD', 'FAIL'), [{ gate: 'TOO_GOOD', reason: 'so what' }]],
  ])('bar it where one %s', (_, judged, acceptances) => {
    const refused = expect.objectContaining({ code: 'GATE_FAILED', rule: 'TOO_GOOD' });
    expect(() => acceptedGates([passed, judged], acceptances, 'carla')).toThrow(
      expect.objectContaining({ refusal: refused }),
    );
  });
});
