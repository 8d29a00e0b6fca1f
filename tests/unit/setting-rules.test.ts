import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readCampaign } from '../../src/adapters/package/campaign-file.ts';
import type { Config } from '../../src/domain/campaign.ts';
import { type ConfigPatch, patchedConfig } from '../../src/domain/config-patch.ts';
import { PackageError } from '../../src/domain/ports.ts';
import { settingFaults } from '../../src/domain/setting-rules.ts';

const YAML = readFileSync('campaigns/investing-retail/campaign.yaml', 'utf8');
const { config } = readCampaign(YAML);
const override = { feature: 'age', value: 40, reason: 'counted twice', expires: '2026-12-01' };

const faultsOf = (patch: ConfigPatch) =>
  settingFaults(patchedConfig(config, patch)).map(({ path, rule }) => `${path.join('.')} ${rule}`);

describe('the rules of the settings', () => {
  test('are kept by the campaign that ships', () => {
    expect(settingFaults(config)).toEqual([]);
  });

  test.each<[ConfigPatch, string]>([
    [{ threshold: 1.01 }, 'threshold must be from 0 to 1'],
    [{ threshold: Number.NaN }, 'threshold must be a finite number'],
    [{ holdoutShare: -0.1 }, 'holdoutShare must be from 0 to 1'],
    [{ capacity: -1 }, 'capacity must not be negative'],
    [{ capacity: 1.5 }, 'capacity must be a whole number'],
    [{ explorationSize: 2 ** 31 }, 'explorationSize must not be larger than 2147483647'],
    [{ minAge: 17 }, 'minAge must be at least 18'],
    [{ maxAge: 121 }, 'maxAge must not be larger than 120'],
    [{ minAge: 40, maxAge: 30 }, 'maxAge must not be less than minAge'],
    [{ evaluationWeeks: 0 }, 'evaluationWeeks must be at least 1'],
    [{ restWeeks: 521 }, 'restWeeks must not be larger than 520'],
    [{ maxMailsPerDay: 5 }, 'maxMailsPer14Days must not be less than maxMailsPerDay'],
    [{ volumeMin: 2001 }, 'volumeMax must not be less than volumeMin'],
    [{ sampleSize: 0 }, 'sampleSize must be at least 1'],
    [{ marketWeekBand: { min: -1.5, max: 0 } }, 'marketWeekBand.min must not be below -1'],
    [{ marketMonthBand: { min: 0.1, max: 0.1 } }, 'marketMonthBand min must be less than max'],
    [{ schedule: '* * *' }, 'schedule must be a cron expression of five fields, "0 1 * * 0", that comes due'],
    [
      { schedule: '0 1 31 2 *' },
      'schedule must be a cron expression of five fields, "0 1 * * 0", that comes due',
    ],
    [{ overrides: [override, override] }, 'overrides.1.feature is overridden twice'],
    [{ overrides: [{ ...override, reason: ' ' }] }, 'overrides.0.reason must not be empty'],
    [
      { overrides: [{ ...override, expires: '2026-02-30' }] },
      'overrides.0.expires must be a date that exists, 2026-11-16',
    ],
    [{ overrides: Array.from({ length: 51 }, () => override) }, 'overrides must not be more than 50'],
    [{ limits: { DRIFT: { warn: -1 } } }, 'limits.DRIFT.warn must not be negative'],
    [{ limits: { FEED_ROWS: { warn: 0.9 } } }, 'limits.FEED_ROWS warn must not be more than halt'],
    [{ limits: { NARROW: { halt: 0.2 } } }, 'limits.NARROW halt must not be more than warn'],
    [{ gates: { TOO_GOOD: { warn: 0.95 } } }, 'gates.TOO_GOOD warn must not be more than fail'],
  ])('%j', (patch, fault) => {
    expect(faultsOf(patch)).toEqual([fault]);
  });

  test('are those by which a campaign is read', () => {
    const written = (settings: Config) => {
      const [head] = YAML.split('\nconfig:');
      return `${head}\n${stringify({ config: settings })}`;
    };
    const readFaults = (settings: Config) => {
      try {
        readCampaign(written(settings));
        return [];
      } catch (error) {
        if (error instanceof PackageError) return error.faults.map(({ field, rule }) => `${field} ${rule}`);
        throw error;
      }
    };
    const some = fc.integer({ min: -2, max: 130 });
    const part = fc.double({ min: -0.5, max: 1.5, noNaN: true });
    const patch: fc.Arbitrary<ConfigPatch> = fc.record(
      {
        threshold: part,
        capacity: some,
        minAge: some,
        maxAge: some,
        evaluationWeeks: some,
        maxMailsPerDay: some,
        volumeMax: some,
        sampleSize: some,
        marketWeekBand: fc.option(fc.record({ min: part, max: part })),
        schedule: fc.constantFrom('0 1 * * 0', '0 1 * *', 'never', '61 1 * * 0'),
        overrides: fc.array(
          fc.record({
            feature: fc.constantFrom('age', 'balance'),
            value: part,
            reason: fc.constantFrom('counted twice', 'wrong'),
            expires: fc.constantFrom('2026-12-01', '2026-13-01'),
          }),
          { maxLength: 2 },
        ),
        limits: fc.record({ DRIFT: fc.record({ warn: fc.option(part), halt: fc.option(part) }) }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(patch, (given) => {
        const settings = patchedConfig(config, given);
        const judged = settingFaults(settings).map(({ path, rule }) => {
          const field = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
          return `config${field} ${rule}`;
        });
        expect(readFaults(settings)).toEqual(judged);
      }),
      { numRuns: 60, examples: [[{}], [{ threshold: 2, minAge: 80 }]] },
    );
  });
});
