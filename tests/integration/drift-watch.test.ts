import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ApiService } from '../support/api-service.ts';
import { customers, deliver, installSmall, SMALL, SMALL_CONFIG } from '../support/small-campaign.ts';

let service: ApiService;
beforeAll(async () => {
  service = await ApiService.start();
  const { harness } = service;
  const limits = {
    ...SMALL_CONFIG.limits,
    DRIFT: { warn: null, halt: 8 },
    FEATURE_SHIFT: { warn: 0.25, halt: null },
    SCORE_SHIFT: { warn: 0.25, halt: null },
  };
  await installSmall(harness, { limits, minAge: 18, maxAge: 120 });
  const week = async (name: string, age: (n: number) => number | null, likely = (n: number) => n / 101) => {
    await deliver(harness, {
      week: name,
      customers: customers(100, (n) => ({ age: age(n), likely: likely(n) })),
    });
    return harness.run(SMALL, name);
  };
  // The reference sample has the ages 20 to 69 once each.
  await week('2026-W40', (n) => 20 + (n % 50));
  await week('2026-W41', (n) => 20 + (n % 50));
  await week(
    '2026-W42',
    (n) => (n <= 40 ? 20 + (n % 5) : 20 + (n % 50)),
    (n) => 0.3 + (n % 10) / 50,
  );
  await week('2026-W43', () => 90);
  await week('2026-W44', (n) => (n <= 10 ? null : 20 + (n % 50)));
});
afterAll(() => service?.stop());

const series = async (rest = ''): Promise<Answer['data'][]> =>
  (
    await service.get(
      'mark',
      `{ driftSeries(campaign: "${SMALL}", from: "2026-W41", to: "2026-W44"${rest}) { kind subject columns weeks {
         week psiToReference psiToWeeksBefore weeksBefore nullShare nullShareBefore changeFromReference changeFromWeeksBefore
         bins { values count share referenceShare shareBefore } } } }`,
    )
  ).driftSeries;
const checks = async (week: string) =>
  (
    await service.get(
      'mark',
      `{ run(campaign: "${SMALL}", week: "${week}") { status checks { name verdict subject message } } }`,
    )
  ).run;

describe('the drift watch', () => {
  it('warns of a feature that moved, and names the column and what changed', async () => {
    expect((await checks('2026-W41')).checks).toContainEqual({
      name: 'FEATURE_SHIFT',
      verdict: 'PASS',
      subject: 'age',
      message: 'age: population stability index of the eligible against the weeks before',
    });
    const moved = await checks('2026-W42');
    expect(moved.status).toBe('EMPTY');
    expect(moved.checks).toContainEqual({
      name: 'FEATURE_SHIFT',
      verdict: 'WARN',
      subject: 'age',
      message: 'age: 46.00 % of the eligible are now at most 24 years, in the weeks before 10.00 %',
    });
    expect(moved.checks).toContainEqual({
      name: 'SCORE_SHIFT',
      verdict: 'WARN',
      subject: null,
      message: '100.00 % of the scores are now above 0.3 and at most 0.5, in the weeks before 20.00 %',
    });
  });

  it('tells the series of a feature, the halted week too', async () => {
    const [age, ...others] = await series(', feature: "age"');
    expect(others).toEqual([]);
    expect(age).toMatchObject({ kind: 'FEATURE', subject: 'age', columns: ['age'] });
    expect(age.weeks.map(({ week }: { week: string }) => week)).toEqual([
      '2026-W41',
      '2026-W42',
      '2026-W43',
      '2026-W44',
    ]);
    const [calm, moved, halted, after] = age.weeks;
    expect(calm).toMatchObject({ psiToReference: 0, psiToWeeksBefore: 0, weeksBefore: 1, nullShare: 0 });
    expect(calm.bins).toHaveLength(10);
    expect(moved).toMatchObject({ weeksBefore: 2 });
    expect(moved.psiToReference).toBeGreaterThan(0.25);
    expect(moved.changeFromReference).toBe(
      '46.00 % of the eligible are now at most 24 years, in the reference sample 10.00 %',
    );
    expect(moved.bins[0]).toEqual({
      values: 'at most 24 years',
      count: 46,
      share: 0.46,
      referenceShare: 0.1,
      shareBefore: 0.1,
    });
    expect((await checks('2026-W43')).status).toBe('HALTED');
    expect(halted.changeFromReference).toBe(
      '100.00 % of the eligible are now above 64 years, in the reference sample 10.00 %',
    );
    expect(after).toMatchObject({ weeksBefore: 4, nullShare: 0.1, nullShareBefore: 0 });
  });

  it('tells a column with the features that are made of it, and everything where nothing is asked', async () => {
    const of = (found: Answer['data'][]) => found.map(({ kind, subject }) => `${kind} ${subject}`);
    const likely = await series(', column: "likely"');
    expect(of(likely)).toEqual(['FEATURE likely', 'COLUMN likely']);
    const all = of(await series());
    expect(all).toEqual(expect.arrayContaining(['FEATURE age', 'COLUMN region', 'SCORE ']));
    expect(all.length).toBeGreaterThan(10);
    // A feature that is not made of the column.
    expect(await series(', feature: "age", column: "likely"')).toEqual([]);
  });

  it('is a field of the run', async () => {
    const { run } = await service.get(
      'carla',
      `{ run(campaign: "${SMALL}", week: "2026-W42") { drift { week kind subject psiToWeeksBefore } } }`,
    );
    const [, age] = await Promise.all([series(), series(', feature: "age"')]);
    expect(run.drift).toContainEqual({
      week: '2026-W42',
      kind: 'FEATURE',
      subject: 'age',
      psiToWeeksBefore: age[0].weeks[1].psiToWeeksBefore,
    });
  });

  it('refuses what is too long, in the wrong order or of no campaign, and names that are not measured', async () => {
    const asked = (campaign: string, from: string, to: string, rest = '') =>
      service.refusal(
        'olga',
        `{ driftSeries(campaign: "${campaign}", from: "${from}", to: "${to}"${rest}) { subject } }`,
      );
    expect(await asked(SMALL, '2026-W42', '2026-W41')).toBe('BAD_INPUT SPAN');
    expect(await asked(SMALL, '2026-W41', '2026-W42', ', feature: "no_such"')).toBe('NOT_FOUND FEATURE');
    expect(await asked(SMALL, '2026-W41', '2026-W42', ', column: "no_such"')).toBe('NOT_FOUND COLUMN');
    expect(await asked(SMALL, '2024-W01', '2026-W01')).toBe('LIMIT_EXCEEDED WEEKS');
    expect(await asked(SMALL, '2024-W01', '9999-W52')).toBe('LIMIT_EXCEEDED WEEKS');
    expect(await asked('none', '2026-W01', '2026-W02')).toBe('NOT_FOUND CAMPAIGN');
  });
});
