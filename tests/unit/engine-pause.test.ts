import { describe, expect, it } from 'vitest';
import {
  judgePause,
  type PauseInForce,
  type PauseScope,
  pauseText,
  stopping,
} from '../../src/domain/engine-pause.ts';

const pause = (scope: PauseScope): PauseInForce => ({
  scope,
  campaign: scope === 'EVERYTHING' ? null : 'small',
  pausedBy: 'olga',
  pausedAt: new Date('2026-11-16T09:00:00Z'),
  reason: 'a new rule',
});

describe('a pause', () => {
  it.each([
    ['CAMPAIGN', ['RUN', 'MAIL']],
    ['FLOW', ['MAIL', 'FALLBACK_MAIL']],
    ['EVERYTHING', ['RUN', 'MAIL', 'FALLBACK_MAIL', 'BACKGROUND']],
  ] as const)('of %s stops %j and nothing else', (scope, stopped) => {
    const activities = ['RUN', 'MAIL', 'FALLBACK_MAIL', 'BACKGROUND'] as const;
    const found = activities.filter((activity) => judgePause([pause(scope)], activity) !== null);
    expect(found).toEqual(stopped);
  });

  it('is refused with who and why, the widest first', () => {
    const all = [pause('CAMPAIGN'), pause('FLOW'), pause('EVERYTHING')];
    expect(stopping(all, 'MAIL')?.scope).toBe('EVERYTHING');
    expect(stopping(all.slice(0, 2), 'MAIL')?.scope).toBe('CAMPAIGN');
    expect(stopping([], 'RUN')).toBeUndefined();
    expect(judgePause(all, 'RUN')).toMatchObject({ code: 'INVALID_STATE', rule: 'ENGINE_PAUSED' });
  });

  it.each([
    [
      'CAMPAIGN',
      'The engine of small is paused by olga since 2026-11-16T09:00:00.000Z, because: "a new rule".',
    ],
    ['FLOW', 'The flow of small is paused by olga since 2026-11-16T09:00:00.000Z, because: "a new rule".'],
    ['EVERYTHING', 'Everything is paused by olga since 2026-11-16T09:00:00.000Z, because: "a new rule".'],
  ] as const)('of %s is said as a sentence', (scope, text) => {
    expect(pauseText(pause(scope))).toBe(text);
  });

  it('from before they were kept is said without who and why', () => {
    expect(pauseText({ ...pause('CAMPAIGN'), pausedBy: null, pausedAt: null, reason: null })).toBe(
      'The engine of small is paused.',
    );
  });
});
