import { InvalidArgumentError } from 'commander';
import { type Band, type Config, LIMITED_CHECKS } from '../domain/campaign.ts';
import type { ConfigPatch } from '../domain/config-patch.ts';
import type { FeatureShift } from '../domain/feature-shift.ts';

const NUMBERS = [
  'threshold',
  'capacity',
  'minAge',
  'maxAge',
  'holdoutShare',
  'explorationSize',
  'evaluationWeeks',
  'restWeeks',
  'maxMailsPerDay',
  'maxMailsPer14Days',
  'volumeMin',
  'volumeMax',
] as const satisfies readonly (keyof Config)[];
const BANDS = ['marketWeekBand', 'marketMonthBand'] as const satisfies readonly (keyof Config)[];
const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?`;

/**
 * A setting to replace, added to those before: `threshold=0.2`, `marketWeekBand=-0.1..0.1`, `limits.NARROW.halt=0.3`, the last two
 * also `none`. Throws InvalidArgumentError.
 */
export function setting(text: string, before: ConfigPatch): ConfigPatch {
  const [, name = '', value = ''] = /^([\w.]+)=(.*)$/s.exec(text) ?? [];
  const number = NUMBERS.find((known) => known === name);
  if (number !== undefined) return { ...before, [number]: numberOf(value) };
  const band = BANDS.find((known) => known === name);
  if (band !== undefined) return { ...before, [band]: bandOf(value) };
  const [, said, kind] = /^limits\.(\w+)\.(warn|halt)$/.exec(name) ?? [];
  const check = LIMITED_CHECKS.find((known) => known === said);
  if (check === undefined || kind === undefined)
    throw new InvalidArgumentError(
      `It must be NAME=VALUE, NAME one of ${[...NUMBERS, ...BANDS].join(', ')}, limits.CHECK.warn and limits.CHECK.halt.`,
    );
  const limit = { ...before.limits?.[check], [kind]: value === 'none' ? null : numberOf(value) };
  return { ...before, limits: { ...before.limits, [check]: limit } };
}

/** A shift of a feature, added to those before: `feature*1.1`, `feature+0.05`, `feature-0.05` or `feature*1.1+0.05`. Throws InvalidArgumentError. */
export function shift(text: string, before: readonly FeatureShift[]): readonly FeatureShift[] {
  const form = new RegExp(`^(\\w+)(?:\\*(${NUMBER}))?([-+](?:\\d+\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?)?$`);
  const [, feature, multiply, add] = form.exec(text) ?? [];
  if (feature === undefined || (multiply === undefined && add === undefined))
    throw new InvalidArgumentError(
      'It must be FEATURE*NUMBER, FEATURE+NUMBER, FEATURE-NUMBER or FEATURE*NUMBER+NUMBER.',
    );
  return [...before, { feature, multiply: Number(multiply ?? 1), add: Number(add ?? 0) }];
}

function numberOf(text: string): number {
  if (!new RegExp(`^${NUMBER}$`).test(text)) throw new InvalidArgumentError('The value must be a number.');
  return Number(text);
}

function bandOf(text: string): Band | null {
  if (text === 'none') return null;
  const [min, max, more] = text.split('..');
  if (min === undefined || max === undefined || more !== undefined)
    throw new InvalidArgumentError('A band is MIN..MAX or none.');
  return { min: numberOf(min), max: numberOf(max) };
}
