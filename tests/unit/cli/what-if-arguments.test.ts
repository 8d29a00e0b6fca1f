import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { setting, shift } from '../../../src/cli/what-if.arguments.ts';

describe('settings on the command line', () => {
  it.each([
    ['threshold=0.2', { threshold: 0.2 }],
    ['capacity=300', { capacity: 300 }],
    ['marketWeekBand=-0.1..0.15', { marketWeekBand: { min: -0.1, max: 0.15 } }],
    ['marketMonthBand=none', { marketMonthBand: null }],
    ['limits.NARROW.halt=0.3', { limits: { NARROW: { halt: 0.3 } } }],
    ['limits.DRIFT.warn=none', { limits: { DRIFT: { warn: null } } }],
  ])('%s', (text, patch) => expect(setting(text, {})).toEqual(patch));

  it('add up', () => {
    const texts = ['limits.NARROW.halt=0.3', 'threshold=0.2', 'limits.NARROW.warn=0.4'];
    expect(texts.reduce((patch, text) => setting(text, patch), {})).toEqual({
      threshold: 0.2,
      limits: { NARROW: { halt: 0.3, warn: 0.4 } },
    });
  });

  it.each([
    'threshold',
    'threshold=',
    'threshold=a',
    'schedule=x',
    'marketWeekBand=1',
    'limits.NOBODY.warn=1',
    '__proto__=1',
  ])('refuses %s', (text) => expect(() => setting(text, {})).toThrow(InvalidArgumentError));
});

describe('shifts on the command line', () => {
  it.each([
    ['fund_month*1.1', { feature: 'fund_month', multiply: 1.1, add: 0 }],
    ['fund_month+0.1', { feature: 'fund_month', multiply: 1, add: 0.1 }],
    ['balance-1000', { feature: 'balance', multiply: 1, add: -1000 }],
    ['balance*-1.5e1-2.5', { feature: 'balance', multiply: -15, add: -2.5 }],
  ])('%s', (text, expected) => expect(shift(text, [])).toEqual([expected]));

  it.each(['fund_month', 'fund_month*', '*2', 'a*2*3', 'a/2', 'a+', 'a b+1'])('refuses %s', (text) =>
    expect(() => shift(text, [])).toThrow(InvalidArgumentError),
  );
});
