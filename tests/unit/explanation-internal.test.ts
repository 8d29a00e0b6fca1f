import { beforeAll, describe, expect, it } from 'vitest';
import type { YamlPhrasebook } from '../../src/adapters/texts/yaml-phrasebook.ts';
import { REASONS } from '../../src/domain/decision.ts';
import { AUDIENCES, type ExplainedDecision } from '../../src/domain/explanation.ts';
import { explainInWords } from '../../src/domain/explanation-text.ts';
import type { Phrasebook, PhraseLanguage } from '../../src/domain/ports.ts';
import { EVERY_OUTCOME } from '../support/every-outcome.ts';
import { CARD } from '../support/explained-decisions.ts';
import { explanationTexts } from '../support/explanation-texts.ts';

const MAILED = EVERY_OUTCOME['MAIL by the model, released']!;

let phrases: YamlPhrasebook;
beforeAll(async () => {
  phrases = await explanationTexts();
});

const told = (explained: ExplainedDecision, language: PhraseLanguage = 'nl') =>
  explainInWords(phrases, explained, 'INTERNAL', language);

/** The mailed customer, where the model looks at columns of other kinds. */
function withFeature(
  feature: Partial<(typeof CARD.features)[number]>,
  value: number,
  parts: readonly { column: string; value: number | string | null }[] = [],
): ExplainedDecision {
  const card = { ...CARD, features: [{ ...CARD.features[0]!, name: 'one', unit: undefined, ...feature }] };
  const contributions = [{ feature: 'one', value, contribution: 0.01, standardError: null, parts }];
  return {
    ...MAILED,
    card,
    facts: {
      ...MAILED.facts,
      attribution: { method: 'COALITIONS', baseline: 0.0332, contributions },
      counterfactual: { feature: 'one', from: value, to: 0, scoreAfter: 0.03, outcomeAfter: 'NOT_CHOSEN' },
    },
  };
}

type Shares = NonNullable<ExplainedDecision['facts']['attribution']>;

/** The mailed customer, with other shares in the score. */
function withShares(change: (shares: Shares['contributions']) => Shares['contributions']): ExplainedDecision {
  const attribution = MAILED.facts.attribution!;
  const contributions = change(attribution.contributions);
  return { ...MAILED, facts: { ...MAILED.facts, attribution: { ...attribution, contributions } } };
}

describe('those inside are told', () => {
  it('every number as the language writes it', () => {
    const { text, contributions, counterfactual } = told(MAILED);
    expect(text).toContain('Score 0,0432, grens 0,0350; plaats 212, capaciteit 400.');
    expect(text).toContain('verandering van het saldo in de laatste twee weken: €\u00A01.234,50 (+0,0167)');
    expect(text).toContain('van €\u00A01.234,50 naar €\u00A0310,00. De score wordt dan 0,0341');
    expect(text).toContain('configversie 7');
    expect(told(MAILED, 'en').text).toContain(
      'change of the balance in the last two weeks: €1,234.50 (+0.0167)',
    );
    expect(contributions.map(({ feature }) => feature)).toEqual(CARD.features.map(({ name }) => name));
    expect(contributions.map(({ display }) => display)).toEqual([
      '41 jaar',
      '2,19',
      '€\u00A018.250,75',
      '€\u00A01.234,50',
      '€\u00A0-120,00',
      '62,0%',
      '+1,9%',
    ]);
    expect(contributions[1]?.parts).toEqual([
      { column: 'has_app', label: 'heeft de app', display: 'ja' },
      { column: 'accounts', label: 'aantal rekeningen', display: '3' },
      { column: 'logins_30d', label: 'keren ingelogd in de laatste 30 dagen', display: '34' },
    ]);
    expect(counterfactual).toMatchObject({ feature: 'growth', from: 1234.5, to: 310 });
  });

  it('the three that moved the score most each way, the largest first', () => {
    const lines = told(MAILED, 'en')
      .text.split('\n')
      .filter((line) => /\([+-]0\.\d{4}\)$/.test(line));
    expect(lines.map((line) => line.slice(-8, -1))).toEqual([
      '+0.0167',
      '+0.0088',
      '+0.0042',
      '-0.0021',
      '-0.0004',
    ]);
    expect(told(MAILED, 'en').text).toContain('\nUp, the three largest of 5:\n');
    expect(told(MAILED, 'en').text).toContain('\nDown, the largest first:\n');
  });

  it('that a lower score would still reach the threshold, where capacity then decides', () => {
    const crowded = EVERY_OUTCOME['MAIL by the model, released; with less there would have been no place']!;
    expect(told(crowded, 'en').text).toContain(
      'The score then is 0.0355, which reaches the threshold, but the rank is beyond the capacity: not chosen.',
    );
    expect(told(MAILED, 'en').text).toContain('The score then is 0.0341 and the outcome not chosen.');
  });

  it('every rule that failed with its value, limit and origin', () => {
    const lineOf = (reason: string) => told(EVERY_OUTCOME[`NOT_ELIGIBLE, ${reason}`]!, 'en').text.split('\n');
    expect(lineOf('AGE_OUT_OF_RANGE')).toContain(
      '- age: 81 years, at most 74 years (setting of config version 7)',
    );
    expect(lineOf('UNDER_AGE')).toContain('- adult: 16 years, at least 18 years (fixed rule)');
    expect(lineOf('NO_OPT_IN')).toContain('- consent: no value on record, must be yes (fixed rule)');
    expect(lineOf('CONTACT_PRESSURE')).toContain(
      '- mails on the day of sending, this one included: 5 mails, at most 1 mail (setting of config version 7)',
    );
    expect(lineOf('CONTACT_PRESSURE')).toContain(
      '- mails within 14 days, this one included: 5 mails, at most 4 mails (setting of config version 7)',
    );
    const several = told(EVERY_OUTCOME['NOT_ELIGIBLE, several reasons']!, 'en');
    expect(several.text).toContain('3 reasons, the decisive one first');
    expect(several.text.match(/^- /gm)).toHaveLength(3);
    expect(several.reasons.map(({ reason }) => reason)).toEqual([
      'HOLDS_PRODUCT',
      'FRAUD_FLAG',
      'RECENTLY_MAILED',
    ]);
    expect(several.contributions).toEqual([]);
  });

  it('of the rules that passed only those that chose, and none that was not judged', () => {
    const below = told(EVERY_OUTCOME['NOT_CHOSEN, below the threshold']!, 'en').text.split('\n\n')[1];
    expect(below?.split('\n').slice(1)).toEqual([
      '- score: 0.0187, at least 0.0350 (setting of config version 7)',
      '- drawn at random: no (draw)',
    ]);
  });

  it('what the reviewer did, before the reasons of the run', () => {
    const { text, reasons } = told(EVERY_OUTCOME['MAIL by the model, removed by the reviewer']!);
    expect(text).toContain(
      'Door de beoordelaar olga op 23 november 2026 uit de batch gehaald, met de aantekening: proceeds of a house',
    );
    expect(reasons.map(({ reason }) => reason)).toEqual(['REMOVED_BY_REVIEWER', 'ABOVE_THRESHOLD']);
  });

  it('who was drawn at random', () => {
    expect(told(EVERY_OUTCOME.HELD_OUT!, 'en').text).toContain('drawn at random (arm HOLDOUT)');
    const drawn = told(EVERY_OUTCOME['MAIL by exploration, below the threshold']!, 'en').text;
    expect(drawn).toContain('Drawn at random');
    expect(drawn).toContain('- drawn at random: yes (draw)');
  });

  it('that shares are sampled, and how sure they are', () => {
    const attribution = MAILED.facts.attribution!;
    const contributions = attribution.contributions.map((one, at) => ({
      ...one,
      standardError: 0.0001 * at,
    }));
    const facts = {
      ...MAILED.facts,
      attribution: { ...attribution, method: 'SAMPLED' as const, contributions },
    };
    expect(told({ ...MAILED, facts }).text).toContain('benaderde Shapley-waarden');
    expect(told({ ...MAILED, facts }).text).toContain('standaardfout is ten hoogste 0,0006');
    expect(told(MAILED).text).toContain('exacte Shapley-waarden');
  });

  it('that nothing would have turned the outcome', () => {
    const facts = { ...MAILED.facts, counterfactual: null };
    expect(told({ ...MAILED, facts }).counterfactual).toBeNull();
    expect(told({ ...MAILED, facts }).text).toContain(
      'geen verandering van één veranderbaar kenmerk gevonden',
    );
  });

  it.each([
    ['a count', { recipe: { column: 'accounts' } }, 3, '3'],
    ['a flag', { recipe: { column: 'has_app' } }, 0, 'nee'],
    [
      'a category by its word',
      { recipe: { category: 'holding', codes: { BOTH: 2 }, otherwise: -1 } },
      2,
      'BOTH',
    ],
    [
      'a category without a word',
      { recipe: { category: 'holding', codes: { BOTH: 2 }, otherwise: -1 } },
      -1,
      '-1',
    ],
    ['a relative change', { recipe: { relativeChange: ['balance', 'balance_2w'] } }, -0.25, '-25,0%'],
    ['a ratio with a unit', { recipe: { ratio: ['balance', 'accounts'] }, unit: 'EUR' }, 12, '€\u00A012,00'],
    [
      'a difference in its columns’ unit',
      { recipe: { difference: ['balance', 'balance_2w'] } },
      -5,
      '€\u00A0-5,00',
    ],
    ['a unit without a word', { recipe: { weighted: { accounts: 1 } }, unit: 'points' }, 1.5, '1,5 points'],
    ['days', { recipe: { weighted: { accounts: 1 } }, unit: 'days' }, 1, '1 dag'],
  ] as const)('%s', (_, feature, value, display) => {
    expect(told(withFeature(feature, value)).contributions[0]?.display).toBe(display);
  });

  it('a value that stands for a missing one as missing, and the same value of the feed as it is', () => {
    const recipe = { column: 'has_app', missing: -0.1 };
    const of = (value: number, part: number | null) =>
      told(withFeature({ recipe }, value, [{ column: 'has_app', value: part }])).contributions[0]?.display;
    expect(of(Math.fround(-0.1), null)).toBe('ontbreekt');
    expect(of(1, null)).toBe('ja');
    expect(of(0, 0)).toBe('nee');
  });

  it('parts as they stood in the feed: missing, words and dates', () => {
    const parts = [
      { column: 'balance', value: null },
      { column: 'holding', value: 'SAVINGS' },
      { column: 'opt_in_on', value: 20_000 },
      { column: 'opt_in_on', value: '2024-10-04' },
    ];
    const found = told(withFeature({}, 1, parts)).contributions[0]?.parts.map(({ display }) => display);
    expect(found).toEqual(['ontbreekt', 'SAVINGS', '4 oktober 2024', '4 oktober 2024']);
  });
});

describe('the phrases', () => {
  it('are each said somewhere, and none is missing', () => {
    const said = new Set<string>();
    const listening: Phrasebook = {
      version: phrases.version,
      say(language, phrase, values) {
        said.add(phrase);
        return phrases.say(language, phrase, values);
      },
    };
    const { settings } = MAILED.config;
    const hold = { feature: 'growth', value: 0, reason: 'holiday pay', expires: '2026-12-31' };
    const flag = { label: { nl: 'app', en: 'app' }, recipe: { column: 'has_app' } };
    const everything: readonly ExplainedDecision[] = [
      ...Object.values(EVERY_OUTCOME),
      { ...MAILED, decision: { ...MAILED.decision, reasons: REASONS } },
      { ...MAILED, config: { number: 8, settings: { ...settings, sampleSize: 0, overrides: [hold] } } },
      { ...MAILED, facts: { ...MAILED.facts, consentedOn: null, counterfactual: null } },
      withShares((all) => all.map((one) => ({ ...one, contribution: -one.contribution }))),
      withShares((all) => all.filter(({ contribution }) => contribution < -0.001)),
      withFeature(flag, 1, [
        { column: 'balance', value: null },
        { column: 'opt_in_on', value: 20_000 },
      ]),
      withFeature({ recipe: { weighted: { accounts: 1 } }, unit: 'points' }, 1),
      withFeature({ recipe: { weighted: { accounts: 1 } } }, 0),
      {
        ...MAILED,
        facts: { ...MAILED.facts, attribution: { method: 'SAMPLED', baseline: 0, contributions: [] } },
      },
    ];
    for (const explained of everything) {
      for (const audience of AUDIENCES) {
        const nl = explainInWords(listening, explained, audience, 'nl');
        const en = explainInWords(listening, explained, audience, 'en');
        expect(nl.text.split('\n\n')).toHaveLength(en.text.split('\n\n').length);
        expect(`${nl.text}${en.text}`).not.toMatch(/undefined|NaN|\{|\}|\.\.|\n{3}/);
      }
    }
    expect(phrases.names.filter((name) => !said.has(name))).toEqual([]);
  });
});
