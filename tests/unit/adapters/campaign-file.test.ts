import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCampaign } from '../../../src/adapters/package/campaign-file.ts';
import { DEFAULT_LIMITS } from '../../../src/domain/campaign.ts';
import { DEFAULT_GATE_LIMITS } from '../../../src/domain/gates/gate-limits.ts';
import { PackageError, type PackageFault } from '../../../src/domain/ports.ts';

const SOUND = `format: campaign/1
key: savings
name: { nl: Sparen, en: Savings }
product: { nl: een rekening, en: an account }
timeZone: Europe/Amsterdam
contact: { nl: bel, en: call }
objection: { nl: afmelden, en: unsubscribe }
feed:
  columns:
    - { name: party_id, type: id, category: key }
    - { name: age, type: integer, category: feature, min: 0, max: 120, label: { nl: leeftijd, en: age } }
    - { name: opt_in, type: boolean, category: eligibility }
    - { name: job, type: text, category: segment, values: [nurse, baker] }
dataUses:
  - { columns: [age], source: mart, purpose: why, legalBasis: consent, validUntil: 2035-12-31 }
config:
  threshold: 0.2
  capacity: 300
  minAge: 18
  maxAge: 80
  holdoutShare: 0.1
  explorationSize: 20
  evaluationWeeks: 13
  restWeeks: 12
  maxMailsPerDay: 1
  maxMailsPer14Days: 4
  volumeMin: 0
  volumeMax: 600
  marketWeekBand: { min: -0.08, max: 0.08 }
  sampleSize: 10
  schedule: "0 1 * * 0"
  limits:
    FEED_ROWS: { warn: null, halt: null }
    DRIFT: { warn: 0.3 }
`;

function faultsOf(yaml: string): readonly PackageFault[] {
  try {
    readCampaign(yaml);
  } catch (error) {
    if (error instanceof PackageError) return error.faults;
    throw error;
  }
  return [];
}

/** The line of the sound text, counted from 1, that starts with these words. */
const lineOf = (words: string) => SOUND.split('\n').findIndex((line) => line.trim().startsWith(words)) + 1;

describe('readCampaign', () => {
  test('fills in what a campaign leaves out', () => {
    const campaign = readCampaign(`\uFEFF${SOUND.replaceAll('\n', '\r\n')}`);
    expect(campaign).toMatchObject({ key: 'savings', flowDays: [7, 14], timeZone: 'Europe/Amsterdam' });
    expect(campaign).not.toHaveProperty('format');
    expect(campaign.config).toMatchObject({
      marketWeekBand: { min: -0.08, max: 0.08 },
      marketMonthBand: null,
      overrides: [],
      limits: { ...DEFAULT_LIMITS, FEED_ROWS: { warn: null, halt: null }, DRIFT: { warn: 0.3, halt: null } },
    });
    expect(readCampaign(SOUND.slice(0, SOUND.indexOf('  limits:'))).config.limits).toEqual(DEFAULT_LIMITS);
    expect(readCampaign(`${SOUND}flow: { days: [3, 5, 9] }\n`).flowDays).toEqual([3, 5, 9]);
  });

  test('limits of gates are filled in where there are some, and stay out where there are none', () => {
    expect(readCampaign(SOUND).config).not.toHaveProperty('gates');
    const some = `${SOUND}  gates:\n    TOO_GOOD: { warn: 0.7 }\n    BACKTEST: { warn: null, fail: null }\n`;
    expect(readCampaign(some).config.gates).toEqual({
      ...DEFAULT_GATE_LIMITS,
      TOO_GOOD: { warn: 0.7, fail: 0.9 },
      BACKTEST: { warn: null, fail: null },
    });
  });

  test.each<[string, string, string, string | null, RegExp]>([
    ['key: savings', 'key: Savings!', 'key', 'key', /lower-case/],
    ['format: campaign/1', 'format: campaign/2', 'format', 'format', /must be campaign\/1/],
    ['name: { nl: Sparen, en: Savings }', 'name: { nl: Sparen }', 'name', 'name.en', /is missing/],
    ['timeZone: Europe/Amsterdam', 'timeZone: Europe/Atlantis', 'timeZone', 'timeZone', /IANA/],
    ['timeZone: Europe/Amsterdam', 'timeZone: "+01:00"', 'timeZone', 'timeZone', /IANA/],
    ['contact:', 'contacts:', 'contact', 'contacts', /not a known field/],
    [
      'name: age, type: integer',
      'name: age, type: number',
      '- { name: age',
      'feed.columns[1].type',
      /must be integer/,
    ],
    ['min: 0, max: 120', 'min: 121, max: 120', '- { name: age', 'feed.columns[1].max', /less than min/],
    ['name: job, type', 'name: age, type', '- { name: job', 'feed.columns[3].name', /age is there twice/],
    ['name: job, type', 'name: Job, type', '- { name: job', 'feed.columns[3].name', /lower-case/],
    [
      'name: job, type',
      'name: postcode, type',
      '- { name: job',
      'feed.columns[3].name',
      /forbidden data never gets in: postal code/,
    ],
    [
      'category: segment',
      'category: eligibility',
      '- { name: job',
      'feed.columns[3].name',
      /that the rules know/,
    ],
    ['[nurse, baker]', '[nurse, nurse]', '- { name: job', 'feed.columns[3].values', /repeat/],
    [
      'type: text, category',
      'type: integer, category',
      '- { name: job',
      'feed.columns[3].values',
      /text columns/,
    ],
    [
      'type: id, category: key',
      'type: text, category: key',
      '- { name: party_id',
      'feed.columns[0].type',
      /type id/,
    ],
    [
      'type: id, category: key',
      'type: id, category: segment',
      '- { name: party_id',
      'feed.columns',
      /exactly one column of the category key/,
    ],
    [
      'name: opt_in, type: boolean, category: eligibility',
      'name: opted, type: boolean, category: segment',
      '- { name: party_id',
      'feed.columns',
      /must have the column opt_in/,
    ],
    [
      'category: eligibility',
      'category: segment',
      '- { name: opt_in',
      'feed.columns[2].category',
      /must be eligibility/,
    ],
    [
      'columns: [age]',
      'columns: [age, salary]',
      '- { columns',
      'dataUses[0].columns[1]',
      /salary is not a column/,
    ],
    ['2035-12-31', '2035-02-30', '- { columns', 'dataUses[0].validUntil', /date that exists/],
    ['threshold: 0.2', 'threshold: 20', 'threshold', 'config.threshold', /from 0 to 1/],
    ['threshold: 0.2', 'threshold: .nan', 'threshold', 'config.threshold', /finite/],
    ['capacity: 300', 'capacity: 0.5', 'capacity', 'config.capacity', /whole number/],
    ['capacity: 300', 'capacity: -1', 'capacity', 'config.capacity', /negative/],
    ['capacity: 300', 'capacity: "300"', 'capacity', 'config.capacity', /whole number/],
    ['maxAge: 80', 'maxAge: 17', 'maxAge', 'config.maxAge', /less than minAge/],
    ['volumeMin: 0', 'volumeMin: 601', 'volumeMax', 'config.volumeMax', /less than volumeMin/],
    [
      'min: -0.08, max: 0.08',
      'min: 0.08, max: 0.08',
      'marketWeekBand',
      'config.marketWeekBand',
      /less than max/,
    ],
    ['"0 1 * * 0"', '"0 25 * * 0"', 'schedule', 'config.schedule', /cron/],
    ['"0 1 * * 0"', '"0 0 1 * * 0"', 'schedule', 'config.schedule', /five fields/],
    ['"0 1 * * 0"', '"0 H * * 0"', 'schedule', 'config.schedule', /five fields/],
    ['minAge: 18', 'minAge: 17', 'minAge', 'config.minAge', /at least 18/],
    ['sampleSize: 10', 'sampleSize: 0', 'sampleSize', 'config.sampleSize', /at least 1/],
    ['DRIFT: { warn: 0.3 }', 'DRIFTS: { warn: 0.3 }', 'DRIFT', 'config.limits.DRIFTS', /not a known field/],
    [
      'DRIFT: { warn: 0.3 }',
      'DRIFT: { warn: 0.3, halt: 0.2 }',
      'DRIFT',
      'config.limits.DRIFT',
      /more than halt/,
    ],
    [
      'DRIFT: { warn: 0.3 }',
      'NARROW: { warn: 0.3, halt: 0.4 }',
      'DRIFT',
      'config.limits.NARROW',
      /more than warn/,
    ],
    [
      'DRIFT: { warn: 0.3 }',
      'VOLUME_BAND: { warn: 1, halt: 2 }',
      'DRIFT',
      'config.limits.VOLUME_BAND',
      /not a known field/,
    ],
    [
      'marketWeekBand: { min: -0.08, max: 0.08 }',
      'gates: { BACKTEST: { warn: 9 } }',
      'marketWeekBand',
      'config.gates.BACKTEST',
      /more than fail/,
    ],
    [
      'sampleSize: 10',
      'gates: { LUCK: { warn: 9 } }',
      'sampleSize',
      'config.gates.LUCK',
      /not a known field/,
    ],
    ['sampleSize: 10', 'capacity: 10', 'sampleSize', null, /unique/],
    ['sampleSize: 10', '__proto__: 10', 'sampleSize', '__proto__', /not accepted/],
  ])('%s → %s', (from, to, place, field, rule) => {
    const faults = faultsOf(SOUND.replace(from, to));
    expect(faults).toContainEqual({
      file: 'campaign.yaml',
      line: lineOf(place),
      field,
      rule: expect.stringMatching(rule),
    });
  });

  test('refuses aliases and text that is no YAML', () => {
    expect(
      faultsOf(SOUND.replace('capacity: 300', 'capacity: &c 300').replace('minAge: 18', 'minAge: *c')),
    ).toMatchObject([{ line: lineOf('minAge'), rule: 'aliases are not accepted' }]);
    expect(faultsOf('key: [')).not.toEqual([]);
    expect(faultsOf('')).toMatchObject([{ line: null, field: null }]);
    expect(faultsOf('a: 1\n---\nb: 2\n')).toMatchObject([{ line: 2, rule: 'must be one document' }]);
    expect(faultsOf(' '.repeat(2 ** 18 + 1))).toMatchObject([{ rule: 'is longer than 256 KiB' }]);
  });

  // Each took the parser of YAML minutes, or its stack.
  test.each([
    ['lists in lists', '['.repeat(2 ** 17), /nested deeper than 64/],
    [
      'lists in lists, one a line',
      Array.from({ length: 700 }, (_, i) => `${' '.repeat(i)}-`).join('\n'),
      /nested/,
    ],
    ['dashes', '- '.repeat(2 ** 16), /nested/],
    ['maps in maps', Array.from({ length: 700 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /nested/],
    ['keys of keys', '? '.repeat(2 ** 16), /nested/],
    [
      'very many keys',
      Array.from({ length: 15_000 }, (_, i) => `k${i}: ${i}`).join('\n'),
      /not a known field|is missing/,
    ],
    ['one key very often', 'key: 1\n'.repeat(15_000), /there twice/],
  ])('refuses %s', (_, text, rule) => {
    expect(faultsOf(text)).toContainEqual(expect.objectContaining({ rule: expect.stringMatching(rule) }));
  });

  test('names all faults at once', () => {
    const faults = faultsOf(
      SOUND.replace('capacity: 300', 'capacity: many')
        .replace('key: savings', 'key: 7')
        .replace('minAge: 18\n', '\n'),
    );
    expect(faults.map(({ line, field }) => [line, field])).toEqual([
      [2, 'key'],
      [lineOf('capacity'), 'config.capacity'],
      [lineOf('threshold'), 'config.minAge'],
    ]);
  });
});

const TERM_DEPOSIT = '../shared/campaigns/term-deposit/campaign.yaml';

test.skipIf(!existsSync(TERM_DEPOSIT))('the campaign term-deposit is read as it stands', () => {
  const campaign = readCampaign(readFileSync(TERM_DEPOSIT, 'utf8'));
  expect(campaign.feed.columns).toHaveLength(20);
  expect(campaign.dataUses[0]?.columns).toHaveLength(8);
  expect(campaign.config).toMatchObject({
    threshold: 0.2,
    schedule: '0 1 * * 0',
    marketMonthBand: { min: -0.15, max: 0.15 },
  });
  expect(campaign.config.limits).toEqual({
    ...DEFAULT_LIMITS,
    FEED_ROWS: { warn: null, halt: null },
    FEED_NULLS: { warn: 0.1, halt: null },
    FEED_RATES: { warn: 0.1, halt: null },
  });
});
