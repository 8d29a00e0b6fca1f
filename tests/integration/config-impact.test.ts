import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigImpact, WeekImpact } from '../../src/domain/config-impact.ts';
import { type ConfigPatch, patchedConfig } from '../../src/domain/config-patch.ts';
import { OUTCOMES } from '../../src/domain/decision.ts';
import { AGE_BANDS } from '../../src/domain/output-check.ts';
import { meaningOf, select } from '../../src/domain/selection.ts';
import { configAt } from '../../src/store/campaign.store.ts';
import { runOf } from '../../src/store/run.reads.ts';
import { partitionOf } from '../../src/store/snapshot.store.ts';
import { configImpact } from '../../src/use-cases/config-impact.ts';
import { selectionKeys } from '../../src/use-cases/decisions.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { recordWeeks } from '../support/recorded-weeks.ts';
import type { ServiceHarness } from '../support/service-harness.ts';
import { SMALL } from '../support/small-campaign.ts';

let harness: ServiceHarness;

beforeAll(async () => {
  harness = await recordWeeks({ scorer: likelyScorer });
});

afterAll(() => harness.stop());

async function impactOf(patch: ConfigPatch, weeks = 20): Promise<ConfigImpact> {
  const { settings } = await configAt(harness.services.db.manager, SMALL, harness.now);
  const { signal } = new AbortController();
  return configImpact(harness.services, SMALL, patchedConfig(settings, patch), weeks, signal);
}

/** Who is mailed by other settings, found from the scores on record where eligibility stays as it is. */
async function mailedWith(week: string, patch: ConfigPatch) {
  const { manager } = harness.services.db;
  const run = await runOf(manager, SMALL, week, null);
  if (run?.manifest == null) throw new Error(`${week} was not decided`);
  const rows: { customer: string; score: number | null; outcome: number }[] = await manager.query(
    `select customer, score, outcome from ${partitionOf('decision', run.id)} order by row_no`,
  );
  const { settings } = await configAt(manager, SMALL, harness.now);
  const config = patchedConfig(settings, patch);
  const scored = rows.flatMap(({ customer, score }) => (score === null ? [] : [{ customer, score }]));
  const customers = scored.map(({ customer }) => customer);
  const scores = Float64Array.from(scored, ({ score }) => score);
  const { verdicts } = select(
    { customers, scores },
    config,
    selectionKeys(run, config, run.manifest.holdoutSince),
  );
  const before = new Set(
    rows.filter(({ outcome }) => OUTCOMES[outcome] === 'MAIL').map(({ customer }) => customer),
  );
  const after = new Set(customers.filter((_, at) => meaningOf(verdicts[at] ?? 0).outcome === 'MAIL'));
  return { before, after };
}

const weekOf = ({ weeks }: ConfigImpact, week: string): WeekImpact | undefined =>
  weeks.find((impact) => impact.week === week);

describe('the impact of settings', () => {
  it('is none where nothing is changed', async () => {
    const { weeks, warnings } = await impactOf({});
    expect(weeks.map(({ week }) => week)).toEqual(
      [30, 31, 32, 33, 34, 35, 38, 39].map((week) => `2026-W${week}`),
    );
    for (const { before, after, enter, leave, bands } of weeks) {
      expect(before).toBeGreaterThan(10);
      expect({ after, enter, leave }).toEqual({ after: before, enter: 0, leave: 0 });
      for (const band of bands) expect(band.after).toBe(band.before);
    }
    expect(warnings).toEqual([
      expect.stringMatching(/^2026-W35 would have halted on VOLUME_BAND: \d+ customers/),
    ]);
  });

  it('says who enters and who leaves, customer by customer', async () => {
    for (const patch of [{ threshold: 0.4 }, { capacity: 12, explorationSize: 9 }, { holdoutShare: 0.5 }]) {
      const impact = await impactOf(patch);
      for (const week of ['2026-W30', '2026-W33', '2026-W38']) {
        const { before, after } = await mailedWith(week, patch);
        expect(weekOf(impact, week)).toMatchObject({
          before: before.size,
          after: after.size,
          enter: after.difference(before).size,
          leave: before.difference(after).size,
        });
        expect(after.symmetricDifference(before).size).toBeGreaterThan(0);
      }
    }
  });

  it('mixes them by age band', async () => {
    const impact = await impactOf({ minAge: 45 });
    for (const { before, after, bands } of impact.weeks) {
      expect(bands.map(({ band }) => band)).toEqual(AGE_BANDS.map(([, name]) => name));
      expect(bands.reduce((sum, band) => sum + band.before, 0)).toBe(before);
      expect(bands.reduce((sum, band) => sum + band.after, 0)).toBe(after);
      expect(bands.slice(0, 3).map((band) => band.after)).toEqual([0, 0, 0]);
      expect(bands[2]?.before).toBeGreaterThan(0);
    }
  });

  it('is of the last weeks that were decided', async () => {
    const { weeks } = await impactOf({}, 3);
    expect(weeks.map(({ week }) => week)).toEqual(['2026-W35', '2026-W38', '2026-W39']);
  });
});
