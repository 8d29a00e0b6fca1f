import { describe, expect, it } from 'vitest';
import { check } from '../../src/domain/check.ts';
import type { ReplayedWeek } from '../../src/domain/replay.ts';
import { SimulatedWeeks } from '../../src/domain/simulated-weeks.ts';
import { SMALL_CONFIG } from '../support/small-campaign.ts';

const config = {
  ...SMALL_CONFIG,
  restWeeks: 4,
  limits: { ...SMALL_CONFIG.limits, VOLUME_SPIKE: { warn: 2, halt: 8 } },
};
const halting = check('MARKET_BAND', 'HALT', { measured: '', limit: '', message: 'fell' });
const scoreCounts = new Float64Array(15);

/** A week with so many customers above the threshold, of whom some are mailed. */
function replayed(week: number, above: number, change: Partial<ReplayedWeek> = {}): ReplayedWeek {
  return {
    week: `2026-W${week}`,
    config,
    flowLength: 14,
    sendDay: 7 * week,
    recorded: 0,
    mailed: [],
    enter: 0,
    leave: 0,
    heldOut: 0,
    eligible: 100,
    bands: [],
    erased: 0,
    modelId: 'm',
    early: [],
    drift: [],
    distributions: [],
    output: { scored: 100, aboveThreshold: above, certain: 0, scoreCounts, bands: [], repeated: 0 },
    ...change,
  };
}

const recorded = (weeks: readonly number[], aboveThreshold: number) => ({
  outputs: weeks.map((week) => ({ week: `2026-W${week}`, aboveThreshold, scoreCounts })),
  spreads: [],
});

describe('simulated weeks', () => {
  it('are judged by the weeks before as they were simulated, and recorded where they were not', () => {
    const weeks = new SimulatedWeeks(recorded([10, 11, 12, 13, 14, 15, 16, 17], 20), 4);
    const spike = 'VOLUME_SPIKE: 50 customers are above the threshold; the median of the weeks before is';
    expect(weeks.add(replayed(14, 50)).warned).toEqual([`${spike} 20`]);
    expect(weeks.add(replayed(15, 50)).warned).toEqual([`${spike} 20`]);
    expect(weeks.add(replayed(16, 50)).warned).toEqual([]);
    expect(weeks.add(replayed(17, 80)).warned).toEqual([]);
    expect(weeks.add(replayed(18, 200)).warned).toEqual([
      expect.stringMatching(/median of the weeks before is 50$/),
    ]);
  });

  it('leave nothing to those after them where they would have halted before they were decided', () => {
    const weeks = new SimulatedWeeks(recorded([10, 11, 12, 13], 20), 4);
    expect(weeks.add(replayed(14, 500, { early: [halting] })).halted).toEqual([
      'MARKET_BAND: fell',
      expect.stringMatching(/^VOLUME_SPIKE/),
    ]);
    expect(weeks.add(replayed(15, 41)).warned).toEqual([expect.stringMatching(/before is 20$/)]);
    expect(weeks.add(replayed(16, 500)).halted).toEqual([expect.stringMatching(/before is 20$/)]);
    expect(weeks.add(replayed(17, 62)).warned).toEqual([expect.stringMatching(/before is 30.5$/)]);
  });

  it('count again whom they mailed within their rest, unless that week would have halted', () => {
    const weeks = new SimulatedWeeks(recorded([], 0), 8);
    const again = (week: number, mailed: readonly string[], early: ReplayedWeek['early'] = []) =>
      weeks.add(replayed(week, 10, { mailed, early })).countedAgain;
    expect(again(10, ['a', 'b'])).toBe(0);
    expect(again(11, ['a', 'c'], [halting])).toBe(1);
    expect(again(13, ['b', 'c'])).toBe(1);
    expect(again(14, ['a', 'b', 'c'])).toBe(2);
  });

  it('say what is missing where they cannot be', () => {
    const weeks = new SimulatedWeeks(recorded([], 0), 8);
    expect(weeks.add({ week: '2026-W10', recorded: 7, obstacle: 'it is gone' })).toMatchObject({
      replayed: false,
      recorded: 7,
      simulated: 0,
      halted: ['NOT_REPLAYED: it is gone'],
    });
  });
});
