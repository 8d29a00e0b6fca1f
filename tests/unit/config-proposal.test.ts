import { describe, expect, it } from 'vitest';
import {
  cutEvaluation,
  obstaclesTo,
  proposalOf,
  type Standing,
  unknownOverrides,
} from '../../src/domain/config-proposal.ts';
import { Refusal } from '../../src/domain/refusal.ts';
import { SMALL_CONFIG } from '../support/small-campaign.ts';

const NOW = { today: '2026-11-16', features: ['likely', 'age'] };
const held = (feature: string, expires: string) => ({ feature, value: 1, reason: 'counted twice', expires });
const said = (found: ReturnType<typeof proposalOf>) =>
  found instanceof Refusal ? `${found.code} ${found.rule}: ${found.message}` : found.differences;

describe('a proposal', () => {
  it('is the settings that a patch makes, with what differs', () => {
    const found = proposalOf(SMALL_CONFIG, { threshold: 0.6 }, NOW);
    expect(found).toEqual({
      settings: { ...SMALL_CONFIG, threshold: 0.6 },
      differences: [{ field: 'threshold', before: '0.5', after: '0.6' }],
    });
  });

  it('says everything that is wrong with it at once, and no value', () => {
    const patch = { threshold: 1.5, minAge: 90, overrides: [held('likely', '2026-11-16')] };
    expect(said(proposalOf(SMALL_CONFIG, patch, NOW))).toBe(
      'BAD_INPUT SETTINGS: threshold: must be from 0 to 1; maxAge: must not be less than minAge; overrides[0].expires: must lie in the future',
    );
  });

  it('changes something', () => {
    expect(said(proposalOf(SMALL_CONFIG, { threshold: 0.5 }, NOW))).toMatch(/^BAD_INPUT NO_DIFFERENCE/);
  });

  it('holds features that the live model has, where there is one', () => {
    const patch = { overrides: [held('balance', '2026-12-01')] };
    expect(said(proposalOf(SMALL_CONFIG, patch, NOW))).toMatch(/overrides\[0\].feature: is not a feature/);
    expect(said(proposalOf(SMALL_CONFIG, patch, { ...NOW, features: null }))).toHaveLength(1);
  });

  it('may leave an override that is over where it is, and sets no such', () => {
    const before = { ...SMALL_CONFIG, overrides: [held('gone', '2026-11-01')] };
    expect(said(proposalOf(before, { threshold: 0.6 }, NOW))).toHaveLength(1);
    const again = { overrides: [held('likely', '2026-11-01')] };
    expect(said(proposalOf(before, again, NOW))).toMatch(/overrides\[0\].expires: must lie in the future/);
  });
});

describe('what was fine when it was proposed', () => {
  const settings = { ...SMALL_CONFIG, overrides: [held('likely', '2026-11-20')] };
  const proposed = { base: 3, settings, acceptsEvaluationLoss: false };
  const standing = { ...NOW, inForce: { number: 3, settings: SMALL_CONFIG }, cutsEvaluation: null };
  const against = (change: Partial<typeof proposed>, stands: Partial<Standing>) =>
    obstaclesTo({ ...proposed, ...change }, { ...standing, ...stands }).map(
      ({ rule, message }) => `${rule}: ${message}`,
    );

  it('is so while nothing changed', () => {
    expect(against({}, {})).toEqual([]);
  });

  it('is not when its day has come or another model is live', () => {
    expect(against({}, { today: '2026-11-20' })).toEqual([
      'OBSTACLES: overrides[0].expires: must lie in the future.',
    ]);
    expect(against({}, { features: ['age'] })).toEqual([
      'OBSTACLES: overrides[0].feature: is not a feature of the live model.',
    ]);
  });

  it('is not when an evaluation has begun whose loss nobody accepted', () => {
    const cutsEvaluation = 'Only 1 of 13 weeks have passed.';
    expect(against({}, { cutsEvaluation })).toEqual([
      'EVALUATION_LOSS: Only 1 of 13 weeks have passed. Wait, or accept the loss (acceptsEvaluationLoss).',
    ]);
    expect(against({ acceptsEvaluationLoss: true }, { cutsEvaluation })).toEqual([]);
    expect(against({}, { cutsEvaluation, features: ['age'] })).toHaveLength(2);
  });

  it('is not when other settings became effective, and then nothing else is said', () => {
    const found = against({ base: 2 }, { cutsEvaluation: 'Only 1 of 13 weeks have passed.' });
    expect(found).toEqual([
      'STALE: Settings 3 became effective meanwhile, and the change was made from 2: amend it, so that its impact is worked out anew.',
    ]);
  });
});

it('names the features that settings hold and a model does not have', () => {
  const overrides = [held('likely', '2026-12-01'), held('balance', '2026-12-01'), held('gone', '2026-11-16')];
  expect(unknownOverrides(overrides, ['likely'], '2026-11-16')).toEqual(['balance']);
});

describe('an evaluation', () => {
  it.each<[number, string | null, string, string | null]>([
    [13, null, '2026-W47', null],
    [13, '2026-W34', '2026-W47', null],
    [
      13,
      '2026-W35',
      '2026-W47',
      'Only 12 of 13 weeks have passed since 2026-W35: the window 2026-W35 to 2026-W47',
    ],
    [
      13,
      '2026-W47',
      '2026-W47',
      'Only 0 of 13 weeks have passed since 2026-W47: the window 2026-W47 to 2027-W06',
    ],
    [1, '2026-W46', '2026-W47', null],
    [4, '2026-W48', '2026-W47', 'Only 0 of 4 weeks'],
  ])('of %i weeks since %s is cut in %s: %s', (weeks, since, week, words) => {
    const cut = cutEvaluation(weeks, since, week);
    if (words === null) expect(cut).toBeNull();
    else expect(cut).toContain(words);
  });
});
