import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { YamlPhrasebook } from '../../src/adapters/texts/yaml-phrasebook.ts';
import { ELIGIBILITY_REASONS } from '../../src/domain/decision.ts';
import type { ExplainedDecision } from '../../src/domain/explanation.ts';
import { explainInWords } from '../../src/domain/explanation-text.ts';
import { FORBIDDEN_KINDS } from '../../src/domain/forbidden-data.ts';
import { labelOf } from '../../src/domain/wording.ts';
import { EVERY_OUTCOME, RELEASED } from '../support/every-outcome.ts';
import { barred, scored } from '../support/explained-decisions.ts';
import { explanationTexts } from '../support/explanation-texts.ts';
import { readingEase } from '../support/reading-level.ts';
import { forbiddenIn, ownWords, saidToCustomer } from '../support/said-to-customers.ts';

/** Plain enough for nearly everyone: Flesch calls 70 to 80 fairly easy, and B1 texts of Dutch authorities reach 60 to 70. */
const EASY = 70;
const LANGUAGES = ['nl', 'en'] as const;
const MAILED = EVERY_OUTCOME['MAIL by the model, released']!;

let phrases: YamlPhrasebook;
beforeAll(async () => {
  phrases = await explanationTexts();
});

const letter = (explained: ExplainedDecision, language: (typeof LANGUAGES)[number] = 'nl') =>
  explainInWords(phrases, explained, 'CUSTOMER', language);

describe('the customer is told', () => {
  it.each(Object.entries(EVERY_OUTCOME))('%s: no advice, persuasion, amount, jargon', (_, explained) => {
    for (const language of LANGUAGES) {
      expect(forbiddenIn(ownWords(saidToCustomer(phrases, explained, language), explained))).toEqual([]);
    }
  });

  it('nothing forbidden, which would be noticed', () => {
    for (const slip of [
      'Wij adviseren u te beginnen.',
      'Profiteer nu!',
      'Uw saldo is € 100.',
      'Wij zagen geld binnenkomen.',
      'Helaas, uw kans is voorbij.',
      'Returns are guaranteed.',
      'This product is suitable for you.',
      'We noticed your salary.',
      'U bent niet gemaild om een fraudesignaal.',
      'Uw score lag onder de drempel.',
    ]) {
      expect(forbiddenIn(slip), slip).not.toEqual([]);
    }
  });

  it('everything in words that are easy to read', () => {
    for (const [name, explained] of Object.entries(EVERY_OUTCOME)) {
      for (const language of LANGUAGES) {
        expect(
          readingEase(letter(explained, language).text, language),
          `${name}, ${language}`,
        ).toBeGreaterThan(EASY);
      }
    }
    for (const language of LANGUAGES) {
      const reasons = phrases.names.filter((name) => name.startsWith('reason.CUSTOMER.'));
      const text = reasons.map((name) => phrases.say(language, name)).join('\n');
      expect(readingEase(text, language)).toBeGreaterThan(EASY);
    }
  });

  it('no digit but of dates, the week, the model and what the campaign itself says', () => {
    fc.assert(
      fc.property(someDecision(), fc.constantFrom(...LANGUAGES), (explained, language) => {
        expect(ownWords(saidToCustomer(phrases, explained, language), explained)).not.toMatch(/\d/);
      }),
      {
        numRuns: 300,
        examples: Object.values(EVERY_OUTCOME).map((explained): [ExplainedDecision, 'nl'] => [
          explained,
          'nl',
        ]),
      },
    );
    expect(ownWords('uw saldo van 1.234,50', MAILED)).toMatch(/\d/);
  });

  it('no numbers beside the text', () => {
    expect(letter(MAILED)).toMatchObject({ contributions: [], counterfactual: null });
  });

  it('every kind of data that a feed may not hold, in words', () => {
    const { dataNotUsed, text } = letter(MAILED);
    expect(dataNotUsed).toHaveLength(FORBIDDEN_KINDS.length);
    for (const kind of dataNotUsed) expect(text).toContain(kind);
  });

  it('that people looked and approved, only where they did', () => {
    const people = /steekproef|goedgekeurd/;
    expect(letter(MAILED).text).toMatch(people);
    for (const name of ['proposed', 'batch rejected', 'no batch drawn']) {
      expect(letter(EVERY_OUTCOME[`MAIL by the model, ${name}`]!).text, name).not.toMatch(people);
    }
    const settings = { ...MAILED.config.settings, sampleSize: 0 };
    const unsampled = { ...MAILED, config: { ...MAILED.config, settings } };
    expect(letter(unsampled).text).not.toContain('steekproef');
    expect(letter(unsampled).text).toContain('goedgekeurd, op 24 november 2026');
  });

  it('what the data were used for and where they came from, as it was signed off', () => {
    const { dataUsed } = letter(MAILED, 'en');
    expect(dataUsed.map(({ purpose }) => purpose)).toEqual([
      ...MAILED.dataUses.map(({ purpose }) => labelOf(purpose).en),
      'to check if a mail may be sent',
    ]);
    expect(dataUsed[2]).toEqual({
      label: 'has the app, number of accounts and log-ins in the last 30 days',
      purpose:
        'estimate who may want to read about investing now, from how much the customer does with the bank',
      source: 'marketing data mart',
      asOf: '2026-11-22',
    });
    expect(letter(MAILED).text).toContain('in onze bron (datamart van marketing)');
  });

  it('when the list was released by the calendar of the campaign', () => {
    const late = { ...RELEASED, releasedAt: new Date('2026-11-24T23:30:00Z') };
    expect(letter({ ...MAILED, mail: late }).text).toContain('op 25 november 2026 vrijgegeven');
  });

  it('when consent was given, where the feed says it', () => {
    expect(letter(MAILED).legalBasis).toContain('op 14 maart 2025');
    const unknown = { ...MAILED, facts: { ...MAILED.facts, consentedOn: null } };
    expect(letter(unknown).legalBasis).toContain('De datum staat niet in de gegevens');
  });

  it('that nothing else would have changed the outcome as far as was found, and that chance decided where it did', () => {
    const unturned = { ...MAILED, facts: { ...MAILED.facts, counterfactual: null } };
    expect(letter(unturned).text).toContain('Die hebben wij niet gevonden.');
    const drawn = letter(EVERY_OUTCOME['MAIL by exploration, over capacity']!).text;
    expect(drawn).toContain('Bij u besliste het lot');
    expect(drawn).not.toContain('Wij zochten');
    expect(letter(EVERY_OUTCOME.HELD_OUT!).text).toContain('Wie dat zijn, bepaalt het lot.');
  });

  it('how the outcome would have changed, by which of the data and which way', () => {
    expect(letter(MAILED).text).toContain('laag genoeg geweest, en de rest gelijk, dan was u niet gekozen.');
    expect(letter(EVERY_OUTCOME['NOT_CHOSEN, over capacity']!, 'en').text).toContain(
      'It is about this: total balance. Had that been high enough, and the rest the same, you would have been chosen.',
    );
  });

  it('that no estimate was made, where none was', () => {
    const { text, legalBasis, dataUsed } = letter(barred('OPTED_OUT'));
    expect(text).toContain('geen schatting over u gemaakt');
    expect(legalBasis).toContain('geen schatting over u gemaakt');
    expect(text).not.toMatch(/saldo|versie|grondslag/);
    expect(dataUsed).toHaveLength(1);
  });

  it('of a draw the legal basis of what its rules read, and where none is recorded the consent alone', () => {
    const drawn = EVERY_OUTCOME['DRAWN while the engine was off, released']!;
    expect(letter(drawn, 'en').text).toContain(
      'The legal basis is recorded like this: consent to commercial e-mail about investing. You gave consent for these mails on',
    );
    expect(letter(drawn).legalBasis).toMatch(/^toestemming voor commerciële e-mail over beleggen\. U gaf/);
    expect(letter(drawn).dataUsed).toHaveLength(1);
    const unread = drawn.dataUses.filter(({ columns }) => !columns.includes('age'));
    const alone = letter({ ...drawn, dataUses: unread });
    expect(alone.text).not.toContain('grondslag');
    expect(alone.text).toContain(
      '\n\nU gaf toestemming voor deze mails op 14 maart 2025. U mag uw toestemming altijd intrekken.\n\n',
    );
    expect(alone.legalBasis).toBe('U gaf toestemming voor deze mails op 14 maart 2025.');
  });

  it('of a suspicion, a death and the quiet list the same, which names none of them', () => {
    const noted = (['FRAUD_FLAG', 'DECEASED', 'QUIET_LIST'] as const).map((reason) =>
      saidToCustomer(phrases, barred(reason), 'nl'),
    );
    expect(new Set(noted).size).toBe(1);
    expect(letter(barred('FRAUD_FLAG')).reasons).toEqual([]);
    expect(saidToCustomer(phrases, barred('HOLDS_PRODUCT', 'FRAUD_FLAG'), 'en')).toBe(
      saidToCustomer(phrases, barred('HOLDS_PRODUCT'), 'en'),
    );
  });

  it('each other reason in its own words', () => {
    const texts = ELIGIBILITY_REASONS.map((reason) => letter(barred(reason)).reasons[0]?.text);
    expect(new Set(texts.filter((text) => text !== undefined)).size).toBe(ELIGIBILITY_REASONS.length - 3);
  });

  it('nothing of a feature that was held at one value for everyone', () => {
    const hold = { feature: 'growth', value: 0, reason: 'holiday pay', expires: '2026-12-31' };
    const settings = { ...MAILED.config.settings, overrides: [hold] };
    const held = { ...MAILED, config: { ...MAILED.config, settings } };
    const savings = { ...hold, feature: 'savings_share' };
    const saved = {
      ...MAILED,
      config: { ...MAILED.config, settings: { ...settings, overrides: [savings] } },
    };
    expect(saidToCustomer(phrases, MAILED, 'nl')).toContain('saldo op spaarrekeningen');
    expect(saidToCustomer(phrases, saved, 'nl')).not.toContain('saldo op spaarrekeningen');
    const tipped = /- verandering van het saldo in de laatste twee weken/;
    expect(letter(MAILED).text).toMatch(tipped);
    expect(letter(held).text).not.toMatch(tipped);
    const over = {
      ...held,
      config: { ...held.config, settings: { ...settings, overrides: [{ ...hold, expires: '2026-11-22' }] } },
    };
    expect(letter(over).text).toMatch(tipped);
  });

  it('what tipped the balance, not what hardly counted', () => {
    const { text } = letter(MAILED);
    expect(text).toContain('Dit maakte uw schatting lager. Dit telde het zwaarst:\n- leeftijd\n\n');
    expect(text).toContain('Dit maakte uw schatting hoger. De drie die het zwaarst telden:\n');
    const attribution = MAILED.facts.attribution!;
    const three = attribution.contributions.filter(({ feature }) => !/fund|before|savings/.test(feature));
    const few = letter({
      ...MAILED,
      facts: { ...MAILED.facts, attribution: { ...attribution, contributions: three } },
    });
    expect(few.text).toContain('Dit maakte uw schatting hoger. Wat het zwaarst telde staat eerst:\n');
    expect(few.text).toContain('Dit maakte uw schatting lager. Wat het zwaarst telde staat eerst:\n');
    expect(
      text
        .split('Dit maakte')[1]
        ?.split('\n')
        .filter((line) => line.startsWith('- ')),
    ).toEqual([
      '- verandering van het saldo in de laatste twee weken',
      '- totaal saldo',
      '- betrokkenheid: heeft de app, aantal rekeningen en keren ingelogd in de laatste 30 dagen',
    ]);
  });

  it('of a sampled share only where its direction is sure', () => {
    const attribution = MAILED.facts.attribution!;
    const sampled = (standardError: number) => ({
      ...MAILED,
      facts: {
        ...MAILED.facts,
        attribution: {
          ...attribution,
          contributions: attribution.contributions.map((one) => ({ ...one, standardError })),
        },
      },
    });
    expect(letter(sampled(0.0001)).text).toContain('schatting lager');
    expect(letter(sampled(0.002)).text).not.toContain('schatting lager');
    expect(letter(sampled(1)).text).toContain('Geen van deze gegevens');
  });
});

/** Made-up customers with any numbers. */
function someDecision(): fc.Arbitrary<ExplainedDecision> {
  const number = fc.double({ noNaN: true, min: -1e9, max: 1e9 });
  return fc
    .record({
      name: fc.constantFrom(...Object.keys(EVERY_OUTCOME)),
      numbers: fc.array(number, { minLength: 16, maxLength: 16 }),
      score: fc.double({ noNaN: true, min: 0, max: 1 }),
      rank: fc.integer({ min: 1, max: 1_000_000 }),
      version: fc.stringMatching(/^[0-9.]{1,6}[0-9]$/),
    })
    .map(({ name, numbers, score, rank, version }) => {
      const explained =
        EVERY_OUTCOME[name] ?? scored({ outcome: 'NOT_CHOSEN', reasons: ['BELOW_THRESHOLD'] });
      const { decision, facts, card } = explained;
      const of = (at: number) => numbers[at] ?? 0;
      return {
        ...explained,
        card: { ...card, version },
        decision: decision.score === null ? decision : { ...decision, score, rank },
        facts: {
          ...facts,
          attribution: facts.attribution && {
            ...facts.attribution,
            contributions: facts.attribution.contributions.map((one, at) => ({
              ...one,
              value: of(at),
              contribution: of(at + 8),
              parts: one.parts.map(({ column }) => ({ column, value: of(at) })),
            })),
          },
          counterfactual: facts.counterfactual && { ...facts.counterfactual, from: of(0), to: of(1) },
        },
      };
    });
}
