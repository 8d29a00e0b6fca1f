import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelVersionRow } from '../../src/store/model-version.row.ts';
import { registerModel } from '../../src/use-cases/register-model.ts';
import type { Services } from '../../src/use-cases/services.ts';
import { OLGA, ServiceHarness } from './service-harness.ts';
import { customers, deliver, installSmall, SMALL, SMALL_CONFIG } from './small-campaign.ts';

/** The settings under which the weeks below were recorded; checks warn early, so that there is something to compare. */
export const RECORDED = {
  threshold: 0.5,
  capacity: 60,
  minAge: 20,
  holdoutShare: 0.2,
  explorationSize: 5,
  restWeeks: 2,
  volumeMin: 0,
  // Well above what the other weeks have, and well below what W35 has, whoever the draws leave resting.
  volumeMax: 55,
  marketWeekBand: { min: -0.1, max: 0.1 },
  limits: {
    ...SMALL_CONFIG.limits,
    DRIFT: { warn: 0.1, halt: null },
    VOLUME_SPIKE: { warn: 1.02, halt: null },
    SCORE_SHIFT: { warn: 0.05, halt: null },
    NARROW: { warn: 0.9, halt: null },
    FEATURE_SHIFT: { warn: 0.1, halt: null },
  },
} as const;

/** How many customers each week has. */
export const SIZE = 200;

/** The score of everyone whom a rule bars, and of nobody else; nobody may ever be scored with it. */
export const BARRED = 0.953125;

/** What the n-th customer is in a week: some are barred, scores move a little from week to week and some are equal. */
function person(n: number, week: number) {
  const likely = week === 35 ? 0.8 : ((n * 7 + week * 13) % 50) / 100 + (n % 11 === 0 ? 0.44 : 0.1);
  const barred = { opt_in: n % 5 !== 0, opted_out: n % 17 === 0 };
  return { likely: barred.opt_in && !barred.opted_out ? likely : BARRED, age: 15 + (n % 70), ...barred };
}

/** The mark of the weeks on record. */
export const WEEKS = [30, 31, 32, 33, 34, 35, 36, 37, 38, 39].map((week) => `2026-W${week}`);

/**
 * Ten weeks on record, 2026-W30 to W39: all released but W35, in which all score above the threshold and VOLUME_BAND halted, W36, in
 * which the funds fell and MARKET_BAND halted, and W37, whose feed never came.
 */
export async function recordWeeks(changes: Partial<Services> = {}): Promise<ServiceHarness> {
  const harness = await ServiceHarness.start(changes);
  await recordInto(harness);
  return harness;
}

/** The same on a harness that is there. */
export async function recordInto(harness: ServiceHarness): Promise<void> {
  await installSmall(harness, RECORDED);
  for (let week = 30; week < 40; week++) {
    const rows = customers(SIZE, (n) => person(n, week));
    const market = week === 36 ? -0.2 : 0.05;
    if (week !== 37) await deliver(harness, { week: `2026-W${week}`, customers: rows, market });
    const run = await harness.run(SMALL, `2026-W${week}`);
    if (run.status === 'AWAITING_REVIEW') await harness.release(run);
  }
}

/** Registers another version of the small campaign's model: `change` makes its card. */
export async function registerVariant(
  harness: ServiceHarness,
  version: string,
  change: (card: string) => string,
): Promise<ModelVersionRow> {
  const folder = join(harness.folder, `model-${version}`);
  await cp(join(harness.folder, 'small-model'), folder, { recursive: true });
  const card = await readFile(join(folder, 'card.yaml'), 'utf8');
  const changed = change(card).replace('version: "1"', `version: "${version}"`);
  const names = [...changed.matchAll(/- \{ name: (\w+)/g)].map(([, name]) => name).join();
  for (const file of ['reference.csv', 'training.csv']) {
    const text = await readFile(join(folder, file), 'utf8');
    await writeFile(join(folder, file), text.replace('likely,age', names));
  }
  await writeFile(join(folder, 'card.yaml'), changed);
  const read = () => harness.services.packages.fromFolder(folder);
  return registerModel(harness.services, OLGA, { campaign: SMALL, read });
}
