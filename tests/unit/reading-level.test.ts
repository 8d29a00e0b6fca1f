import { describe, expect, it } from 'vitest';
import { readingEase, syllables } from '../support/reading-level.ts';

const DUTCH = `u-1 mail-1 lijst-1 lot-1 bent-1 weigeren-3 gekozen-3 schatting-2 waarom-2 goedgekeurd-3 vrijgegeven-4
  steekproef-2 medewerker-4 waarschijnlijk-3 vergeleken-4 gegevens-3 toestemming-3 grondslag-2 bezwaar-2 nagekeken-4
  leeftijd-2 rekeningen-4 ingelogd-3 koersen-2 beleggingsfondsen-5 beëindigd-3 nieuw-1 januari-4 categorie-4`;
const ENGLISH = `you-1 mail-1 list-1 chosen-2 estimate-3 above-2 week-1 once-1 released-2 people-2 member-2 looked-1 sample-2
  someone-2 approved-2 computer-3 each-1 customer-3 likely-2 rejected-3 these-1 used-1 data-2 age-1 age's-1 reached-1
  balance-2 account-2 changes-2 decided-3 model-2 version-2 random-2 reason-2 series-2 authority-4 table-2 because-2`;

describe('the reading level', () => {
  it.each([
    ['nl', DUTCH],
    ['en', ENGLISH],
  ] as const)('counts syllables in %s', (language, known) => {
    const words = known.split(/\s+/);
    expect(words.map((word) => `${word.split('-')[0]}-${syllables(word.split('-')[0]!, language)}`)).toEqual(
      words,
    );
  });

  it('is that of the formulas', () => {
    // 6 words of 1 syllable in 1 sentence.
    expect(readingEase('The cat sat on the mat.', 'en')).toBeCloseTo(206.835 - 1.015 * 6 - 84.6, 10);
    // 9 words and 13 syllables in 2 sentences; the list is left out.
    expect(
      readingEase('De kat zat op de mat:\n- uitzonderlijkheden\n\nWij weigeren betaling.', 'nl'),
    ).toBeCloseTo(206.84 - 0.93 * 4.5 - 77 * (13 / 9), 10);
  });

  it('tells easy from hard', () => {
    const easy = readingEase('U kreeg een mail. Dat kwam door het lot.', 'nl');
    const hard = readingEase('Overeenkomstig bovengenoemde verwerkingsgrondslag geschiedt selectie.', 'nl');
    expect(easy).toBeGreaterThan(80);
    expect(hard).toBeLessThan(10);
  });
});
