import type { Config } from './campaign.ts';
import { type Check, check, limitText, median, percent, verdictAbove, verdictBelow } from './check.ts';
import { greatestGrowth, sumOfCounts } from './distribution-change.ts';
import { populationStabilityIndex, SCORE_EDGES } from './drift.ts';
import { growthText, rangeText } from './drift-check.ts';

/** Age bands in which selection is reported: from (inclusive), name. */
export const AGE_BANDS = [
  [0, 'under 18'],
  [18, '18–29'],
  [30, '30–44'],
  [45, '45–59'],
  [60, '60–74'],
  [75, '75 and over'],
] as const;

export function ageBandOf(age: number): number {
  return AGE_BANDS.findLastIndex(([from]) => age >= from);
}

/** Bands with fewer eligible customers say nothing about narrowness. */
const SMALLEST_BAND = 30;
/** A spike is judged from so many past weeks on. */
const SPIKE_FROM_WEEKS = 4;
/** A smaller median counts as this many: eleven customers after weeks of none are no spike. */
const SMALLEST_VOLUME = 10;

export interface BandCount {
  readonly band: string;
  readonly eligible: number;
  readonly chosen: number;
}

/** What a run is about to propose, measured. */
export interface Output {
  readonly scored: number;
  readonly aboveThreshold: number;
  /** Scores below 0.001 or above 0.999. */
  readonly certain: number;
  readonly scoreCounts: Float64Array;
  readonly bands: readonly BandCount[];
  /** Recipients whom a released batch of this campaign mailed within the rest weeks. */
  readonly repeated: number;
}

/** The same of the weeks before, newest first. */
export interface OutputHistory {
  readonly aboveThreshold: readonly number[];
  readonly scoreCounts: readonly (readonly number[])[];
}

/** Judges the output (domain.md, step 8). Volumes are counted above the threshold, before the capacity hides them. */
export function judgeOutput(output: Output, history: OutputHistory, config: Config): readonly Check[] {
  return [
    volumeBand(output, config),
    volumeSpike(output, history, config),
    overconfident(output, config),
    scoreShift(output, history, config),
    narrow(output, config),
    repeated(output),
  ];
}

function volumeBand({ aboveThreshold }: Output, { volumeMin, volumeMax }: Config): Check {
  const inside = aboveThreshold >= volumeMin && aboveThreshold <= volumeMax;
  return check('VOLUME_BAND', inside ? 'PASS' : 'HALT', {
    measured: String(aboveThreshold),
    limit: `${volumeMin} to ${volumeMax}`,
    message: inside
      ? `${aboveThreshold} customers are above the threshold, as expected`
      : `${aboveThreshold} customers are above the threshold: outside the expected band`,
  });
}

function volumeSpike({ aboveThreshold }: Output, history: OutputHistory, config: Config): Check {
  const limit = config.limits.VOLUME_SPIKE;
  const usual = history.aboveThreshold.length < SPIKE_FROM_WEEKS ? undefined : median(history.aboveThreshold);
  const times = usual === undefined ? 0 : aboveThreshold / Math.max(usual, SMALLEST_VOLUME);
  return check('VOLUME_SPIKE', verdictAbove(times, limit), {
    measured: usual === undefined ? 'too few weeks' : `${times.toFixed(2)} ×`,
    limit: limitText(limit, (value) => `${value} ×`),
    message:
      usual === undefined
        ? `fewer than ${SPIKE_FROM_WEEKS} weeks to compare with`
        : `${aboveThreshold} customers are above the threshold; the median of the weeks before is ${usual}`,
  });
}

function overconfident({ certain, scored }: Output, config: Config): Check {
  const share = scored === 0 ? 0 : certain / scored;
  return check('OVERCONFIDENT', verdictAbove(share, config.limits.OVERCONFIDENT), {
    measured: percent(share),
    limit: limitText(config.limits.OVERCONFIDENT, percent),
    message: `${certain} of ${scored} scores are below 0.001 or above 0.999`,
  });
}

function scoreShift({ scoreCounts }: Output, history: OutputHistory, config: Config): Check {
  const before = sumOfCounts(history.scoreCounts, scoreCounts.length);
  const index = populationStabilityIndex(before, scoreCounts);
  const verdict = verdictAbove(index, config.limits.SCORE_SHIFT);
  const growth = greatestGrowth(SCORE_EDGES, before, scoreCounts);
  return check('SCORE_SHIFT', verdict, {
    measured: history.scoreCounts.length === 0 ? 'no earlier weeks' : index.toFixed(3),
    limit: limitText(config.limits.SCORE_SHIFT),
    message:
      verdict === 'PASS' || growth === null
        ? 'population stability index of the scores against the weeks before'
        : growthText('the scores', rangeText(growth), growth, 'the weeks before'),
  });
}

function narrow({ bands }: Output, config: Config): Check {
  const rates = bands
    .filter(({ eligible }) => eligible >= SMALLEST_BAND)
    .map(({ band, eligible, chosen }) => ({ band, rate: chosen / eligible }))
    .sort((a, b) => a.rate - b.rate);
  const [lowest, highest] = [rates[0], rates.at(-1)];
  const comparable = lowest !== undefined && highest !== undefined && highest.rate > 0;
  const ratio = comparable ? lowest.rate / highest.rate : 1;
  return check('NARROW', verdictBelow(ratio, config.limits.NARROW), {
    measured: ratio.toFixed(2),
    limit: limitText(config.limits.NARROW),
    message: comparable
      ? `of the eligible, ${percent(lowest.rate)} are chosen at ${lowest.band} and ${percent(highest.rate)} at ${highest.band}`
      : 'nobody is chosen or no band is large enough to compare',
    subject: 'age',
  });
}

function repeated(output: Output): Check {
  return check('REPEATED', output.repeated === 0 ? 'PASS' : 'HALT', {
    measured: String(output.repeated),
    limit: '0',
    message:
      output.repeated === 0
        ? 'no recipient was mailed within the rest weeks'
        : `${output.repeated} recipients were mailed within the rest weeks: the contact rules did not hold`,
  });
}
