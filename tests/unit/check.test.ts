import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECK_NAMES } from '../../src/domain/campaign.ts';
import {
  check,
  halts,
  kindOf,
  limitText,
  median,
  percent,
  verdictAbove,
  verdictBelow,
} from '../../src/domain/check.ts';

const FACTS = { measured: '1', limit: '2', message: 'so it is' };

describe('a check', () => {
  it('is of the kind that its name says', () => {
    const of = (kind: string) => CHECK_NAMES.filter((name) => kindOf(name) === kind);
    expect(of('FEED')).toEqual(CHECK_NAMES.filter((name) => name.startsWith('FEED_')));
    expect(of('DOMAIN')).toEqual(['MARKET_BAND', 'DRIFT', 'FEATURE_SHIFT']);
    expect(of('OUTPUT')).toEqual([
      'VOLUME_BAND',
      'VOLUME_SPIKE',
      'OVERCONFIDENT',
      'SCORE_SHIFT',
      'NARROW',
      'REPEATED',
      'CHALLENGER',
    ]);
  });

  it('has no subject unless it is told one', () => {
    expect(check('DRIFT', 'WARN', FACTS)).toEqual({
      name: 'DRIFT',
      kind: 'DOMAIN',
      verdict: 'WARN',
      subject: null,
      ...FACTS,
    });
    expect(check('DRIFT', 'WARN', { ...FACTS, subject: 'age' }).subject).toBe('age');
  });

  it('halts a run when one of them halts', () => {
    const of = (...verdicts: ('PASS' | 'WARN' | 'HALT')[]) =>
      verdicts.map((verdict) => check('DRIFT', verdict, FACTS));
    expect(halts(of())).toBe(false);
    expect(halts(of('PASS', 'WARN'))).toBe(false);
    expect(halts(of('PASS', 'HALT', 'WARN'))).toBe(true);
  });
});

describe('limits', () => {
  it.each([
    [0.1, 'PASS', 'HALT'],
    [0.2, 'PASS', 'WARN'],
    [0.5, 'PASS', 'PASS'],
    [0.500001, 'WARN', 'PASS'],
    [0.8, 'WARN', 'PASS'],
    [0.800001, 'HALT', 'PASS'],
  ])('of %f, from 0.5 to 0.8 above and from 0.5 to 0.2 below', (measured, above, below) => {
    expect(verdictAbove(measured, { warn: 0.5, halt: 0.8 })).toBe(above);
    expect(verdictBelow(measured, { warn: 0.5, halt: 0.2 })).toBe(below);
  });

  it('never fire when they are null', () => {
    expect(verdictAbove(1e9, { warn: null, halt: null })).toBe('PASS');
    expect(verdictAbove(1e9, { warn: 1, halt: null })).toBe('WARN');
    expect(verdictAbove(1e9, { warn: null, halt: 1 })).toBe('HALT');
    expect(verdictBelow(-1e9, { warn: null, halt: null })).toBe('PASS');
    expect(verdictBelow(-1e9, { warn: 0, halt: null })).toBe('WARN');
    expect(verdictBelow(-1e9, { warn: null, halt: 0 })).toBe('HALT');
  });

  it('are told in words', () => {
    expect(limitText({ warn: 3, halt: null })).toBe('warn 3, halt never');
    expect(limitText({ warn: 0.05, halt: 0.2 }, percent)).toBe('warn 5.00 %, halt 20.00 %');
  });
});

describe('median', () => {
  it('is the middle, or the mean of the two middle ones', () => {
    expect(median([])).toBeUndefined();
    expect(median([7])).toBe(7);
    expect(median([9, 1])).toBe(5);
    expect(median([10, 9, 2])).toBe(9);
    expect(median([100, 9, 8, 10])).toBe(9.5);
  });

  it('has as many values on one side as on the other', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1 }), (values) => {
        const middle = median(values) ?? Number.NaN;
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});
