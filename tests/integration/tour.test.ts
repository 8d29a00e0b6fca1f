import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectGolden } from '../support/golden.ts';
import { CHAPTERS } from '../support/tour/chapters.ts';
import { Tour } from '../support/tour/tour.ts';
import { tourPage } from '../support/tour/tour-page.ts';

const PAGE = join(import.meta.dirname, '../../docs/tour.md');

let tour: Tour;
beforeAll(async () => {
  tour = await Tour.start();
});
afterAll(() => tour?.stop());

// Each step needs what the steps before it did.
describe.each(CHAPTERS)('$title', ({ steps }) => {
  it.each(steps)('$why', (step) => tour.play(step));
});

it('docs/tour.md tells it as it went', async () => {
  const steps = CHAPTERS.flatMap((chapter) => chapter.steps);
  expect(tour.played.map(({ step }) => step)).toEqual(steps);
  await expectGolden(tourPage(CHAPTERS, tour.played, tour.kept), PAGE);
});
