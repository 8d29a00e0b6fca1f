import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCampaign } from '../../src/adapters/package/campaign-file.ts';
import { differences, patchedConfig } from '../../src/domain/config-patch.ts';
import { DEFAULT_GATE_LIMITS } from '../../src/domain/gates/gate-limits.ts';

const { config } = readCampaign(readFileSync('campaigns/investing-retail/campaign.yaml', 'utf8'));
const held = (feature: string, value: number) => ({
  feature,
  value,
  reason: 'the source counts twice',
  expires: '2026-12-01',
});

describe('a patch of the settings', () => {
  test('sets what it says and leaves the rest', () => {
    const after = patchedConfig(config, { threshold: 0.05, schedule: '0 2 * * 0' });
    expect(after).toEqual({ ...config, threshold: 0.05, schedule: '0 2 * * 0' });
  });

  test('that says nothing changes nothing', () => {
    expect(patchedConfig(config, {})).toEqual(config);
    expect(patchedConfig(config, { limits: {}, overrides: config.overrides })).toEqual(config);
  });

  test('merges limits check by check and value by value; null never fires', () => {
    const after = patchedConfig(config, { limits: { DRIFT: { halt: 1 }, NARROW: { warn: null } } });
    expect(after.limits).toEqual({
      ...config.limits,
      DRIFT: { warn: 0.25, halt: 1 },
      NARROW: { warn: null, halt: null },
    });
  });

  test('names a limit that older settings lack only where it sets it', () => {
    const { FEATURE_SHIFT: _, ...limits } = config.limits;
    const older = { ...config, limits };
    expect(Object.keys(patchedConfig(older, { limits: { DRIFT: { halt: 1 } } }).limits)).not.toContain(
      'FEATURE_SHIFT',
    );
    const after = patchedConfig(older, { limits: { FEATURE_SHIFT: { warn: 0.3 } } });
    expect(after.limits.FEATURE_SHIFT).toEqual({ warn: 0.3, halt: null });
    expect(differences(older, after)).toEqual([
      { field: 'limits.FEATURE_SHIFT.warn', before: 'never', after: '0.3' },
    ]);
  });

  test('gives settings limits of gates only where it sets some', () => {
    expect(patchedConfig(config, { threshold: 0.1 })).not.toHaveProperty('gates');
    const first = patchedConfig(config, { gates: { TOO_GOOD: { warn: 0.8 } } });
    expect(first.gates).toEqual({ ...DEFAULT_GATE_LIMITS, TOO_GOOD: { warn: 0.8, fail: 0.9 } });
    const second = patchedConfig(first, { gates: { TOO_GOOD: { fail: null } } });
    expect(second.gates?.TOO_GOOD).toEqual({ warn: 0.8, fail: null });
    expect(differences(config, second)).toEqual([
      { field: 'gates.TOO_GOOD.warn', before: '0.85', after: '0.8' },
      { field: 'gates.TOO_GOOD.fail', before: '0.9', after: 'never' },
    ]);
  });

  test('replaces the list of overrides and takes a band away', () => {
    const before = patchedConfig(config, { overrides: [held('age', 40)] });
    const after = patchedConfig(before, { overrides: [held('balance', 0)], marketWeekBand: null });
    expect(after.overrides.map(({ feature }) => feature)).toEqual(['balance']);
    expect(after.marketWeekBand).toBeNull();
  });
});

describe('the differences between settings', () => {
  test('are none between the same', () => {
    expect(differences(config, patchedConfig(config, {}))).toEqual([]);
  });

  test('name each setting with its values in words', () => {
    const before = patchedConfig(config, { overrides: [held('age', 40), held('logins_30d', 3)] });
    const after = patchedConfig(before, {
      threshold: 0.05,
      marketWeekBand: null,
      marketMonthBand: { min: -0.2, max: 0.1 },
      overrides: [held('age', 41), held('balance', 0)],
      limits: { DRIFT: { halt: 1 } },
    });
    expect(differences(before, after)).toEqual([
      { field: 'threshold', before: '0.035', after: '0.05' },
      { field: 'marketWeekBand', before: '-0.05 to 0.05', after: 'none' },
      { field: 'marketMonthBand', before: '-0.1 to 0.1', after: '-0.2 to 0.1' },
      {
        field: 'overrides.age',
        before: '40 until 2026-12-01: the source counts twice',
        after: '41 until 2026-12-01: the source counts twice',
      },
      {
        field: 'overrides.logins_30d',
        before: '3 until 2026-12-01: the source counts twice',
        after: 'none',
      },
      { field: 'limits.DRIFT.halt', before: 'never', after: '1' },
      {
        field: 'overrides.balance',
        before: 'none',
        after: '0 until 2026-12-01: the source counts twice',
      },
    ]);
  });
});
