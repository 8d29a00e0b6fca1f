import { describe, expect, it } from 'vitest';
import { type Config, DEFAULT_LIMITS } from '../../src/domain/campaign.ts';
import { SCORE_EDGES } from '../../src/domain/drift.ts';
import {
  AGE_BANDS,
  ageBandOf,
  judgeOutput,
  type Output,
  type OutputHistory,
} from '../../src/domain/output-check.ts';
import { SMALL_CONFIG } from '../support/small-campaign.ts';

const CONFIG: Config = { ...SMALL_CONFIG, volumeMin: 10, volumeMax: 2000, limits: DEFAULT_LIMITS };

/** Counts over the bins of scores, `share` of them in the last. */
const scores = (total: number, share: number) => {
  const counts = new Float64Array(SCORE_EDGES.length + 1);
  counts[5] = total * (1 - share);
  counts[14] = total * share;
  return counts;
};

const OUTPUT: Output = {
  scored: 1000,
  aboveThreshold: 200,
  certain: 0,
  scoreCounts: scores(1000, 0.1),
  bands: [],
  repeated: 0,
};
const HISTORY: OutputHistory = {
  aboveThreshold: [210, 190, 200, 205, 195],
  scoreCounts: [[...scores(500, 0.1)], [...scores(2000, 0.1)]],
};

function verdictOf(
  name: string,
  change: Partial<Output>,
  history: Partial<OutputHistory> = {},
  config = CONFIG,
) {
  const found = judgeOutput({ ...OUTPUT, ...change }, { ...HISTORY, ...history }, config).find(
    (check) => check.name === name,
  );
  return found?.verdict;
}

describe('judgeOutput', () => {
  it('makes all six checks and passes an ordinary week', () => {
    expect(
      judgeOutput(OUTPUT, HISTORY, CONFIG).map(({ name, kind, verdict }) => [name, kind, verdict]),
    ).toEqual(
      ['VOLUME_BAND', 'VOLUME_SPIKE', 'OVERCONFIDENT', 'SCORE_SHIFT', 'NARROW', 'REPEATED'].map((name) => [
        name,
        'OUTPUT',
        'PASS',
      ]),
    );
  });

  it.each([
    [9, 'HALT'],
    [10, 'PASS'],
    [2000, 'PASS'],
    [2001, 'HALT'],
  ])('VOLUME_BAND from 10 to 2000: %i', (aboveThreshold, verdict) => {
    expect(verdictOf('VOLUME_BAND', { aboveThreshold })).toBe(verdict);
  });

  it.each([
    [600, 'PASS'],
    [601, 'WARN'],
    [1600, 'WARN'],
    [1601, 'HALT'],
  ])('VOLUME_SPIKE against a median of 200: %i', (aboveThreshold, verdict) => {
    expect(verdictOf('VOLUME_SPIKE', { aboveThreshold })).toBe(verdict);
  });

  it('VOLUME_SPIKE is judged from four weeks on, and an empty median is no reason to halt at eleven', () => {
    const of = (aboveThreshold: number, before: number[]) =>
      verdictOf('VOLUME_SPIKE', { aboveThreshold }, { aboveThreshold: before });
    expect(of(1999, [1, 1, 1])).toBe('PASS');
    expect(of(1999, [1, 1, 1, 1])).toBe('HALT');
    expect(of(30, [0, 0, 0, 0])).toBe('PASS');
    expect(of(31, [0, 0, 0, 0])).toBe('WARN');
    expect(of(81, [0, 0, 0, 0])).toBe('HALT');
  });

  it.each([
    [50, 'PASS'],
    [51, 'WARN'],
    [300, 'WARN'],
    [301, 'HALT'],
  ])('OVERCONFIDENT: %i of 1000 scores are certain', (certain, verdict) => {
    expect(verdictOf('OVERCONFIDENT', { certain })).toBe(verdict);
  });

  it('OVERCONFIDENT passes where nobody was scored', () => {
    expect(verdictOf('OVERCONFIDENT', { scored: 0, certain: 0 })).toBe('PASS');
  });

  it('SCORE_SHIFT sees scores move, against all the weeks before together', () => {
    expect(verdictOf('SCORE_SHIFT', { scoreCounts: scores(50, 0.12) })).toBe('PASS');
    expect(verdictOf('SCORE_SHIFT', { scoreCounts: scores(1000, 0.5) })).toBe('WARN');
    expect(verdictOf('SCORE_SHIFT', { scoreCounts: scores(1000, 0.5) }, { scoreCounts: [] })).toBe('PASS');
    // One small week that was like this one does not outweigh a large one that was not.
    const mixed = [[...scores(10, 0.5)], [...scores(5000, 0.1)]];
    for (const scoreCounts of [mixed, mixed.toReversed()]) {
      expect(verdictOf('SCORE_SHIFT', { scoreCounts: scores(1000, 0.5) }, { scoreCounts })).toBe('WARN');
    }
    const strict = { ...CONFIG, limits: { ...DEFAULT_LIMITS, SCORE_SHIFT: { warn: 0.1, halt: 0.25 } } };
    expect(verdictOf('SCORE_SHIFT', { scoreCounts: scores(1000, 0.5) }, {}, strict)).toBe('HALT');
  });

  it('SCORE_SHIFT says which scores there are more of', () => {
    const message = (share: number) =>
      judgeOutput({ ...OUTPUT, scoreCounts: scores(1000, share) }, HISTORY, CONFIG).find(
        ({ name }) => name === 'SCORE_SHIFT',
      )?.message;
    expect(message(0.5)).toBe('50.00 % of the scores are now above 0.999, in the weeks before 10.00 %');
    expect(message(0.1)).toBe('population stability index of the scores against the weeks before');
  });

  it.each([
    [[20, 40], 'PASS'],
    [[19, 40], 'WARN'],
    [[40, 19], 'WARN'],
    [[0, 40], 'WARN'],
    [[0, 0], 'PASS'],
  ])('NARROW: of two bands of 100, %j are chosen', (chosen, verdict) => {
    const bands = chosen.map((count, i) => ({ band: `band ${i}`, eligible: 100, chosen: count }));
    expect(verdictOf('NARROW', { bands })).toBe(verdict);
  });

  it('NARROW leaves out bands of fewer than thirty, and halts where it is told to', () => {
    const bands = (eligible: number) => [
      { band: 'many', eligible: 100, chosen: 50 },
      { band: 'few', eligible, chosen: 0 },
    ];
    expect(verdictOf('NARROW', { bands: bands(29) })).toBe('PASS');
    expect(verdictOf('NARROW', { bands: bands(30) })).toBe('WARN');
    const strict = { ...CONFIG, limits: { ...DEFAULT_LIMITS, NARROW: { warn: 0.5, halt: 0.1 } } };
    expect(verdictOf('NARROW', { bands: bands(30) }, {}, strict)).toBe('HALT');
  });

  it('REPEATED halts on the first', () => {
    expect(verdictOf('REPEATED', { repeated: 1 })).toBe('HALT');
  });

  it('never fires where the limits are null, but for the hard ones', () => {
    const wild = { aboveThreshold: 5000, certain: 1000, scoreCounts: scores(1000, 1), repeated: 3 };
    const verdicts = judgeOutput({ ...OUTPUT, ...wild }, HISTORY, { ...CONFIG, limits: SMALL_CONFIG.limits });
    expect(verdicts.filter(({ verdict }) => verdict !== 'PASS').map(({ name }) => name)).toEqual([
      'VOLUME_BAND',
      'REPEATED',
    ]);
  });
});

describe('ageBandOf', () => {
  it.each([
    [0, 'under 18'],
    [17, 'under 18'],
    [18, '18–29'],
    [29, '18–29'],
    [30, '30–44'],
    [45, '45–59'],
    [60, '60–74'],
    [74, '60–74'],
    [75, '75 and over'],
    [120, '75 and over'],
  ])('%i is %s', (age, band) => {
    expect(AGE_BANDS[ageBandOf(age)]?.[1]).toBe(band);
  });
});
