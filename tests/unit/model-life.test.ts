import { describe, expect, it } from 'vitest';
import {
  isAtHand,
  judgeApproval,
  judgeRevocation,
  judgeUse,
  type ModelLife,
} from '../../src/domain/model-life.ts';
import { MODEL_STATUSES } from '../../src/domain/model-version.ts';

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
