import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ModelVersionRow } from '../../src/store/model-version.row.ts';
import { readModelPage } from '../../src/use-cases/read-model-page.ts';
import { ApiService } from '../support/api-service.ts';
import { expectGolden } from '../support/golden.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

const ROOT = join(import.meta.dirname, '../..');

let service: ApiService;
beforeAll(async () => {
  service = await ApiService.start();
  await installSmall(service.harness);
});
afterAll(() => service?.stop());

it('is read by whoever may read models, in Markdown and HTML, with the runs that used the version', async () => {
  const { harness } = service;
  await deliver(harness, { week: '2026-W46', customers: customers(5) });
  await harness.run(SMALL, '2026-W46');
  const ask = `{ liveModel(campaign: "${SMALL}") { history { act by } page: cardPage(language: EN) dutch: cardPage html: cardPage(format: HTML) } }`;
  const { liveModel } = await service.get('mark', ask);
  expect(liveModel.page).toContain('| 2026-W46 | 1 | AWAITING_REVIEW |');
  expect(liveModel.page).toContain('## When not to use it');
  expect(liveModel.dutch).toContain('## Wanneer het niet gebruikt mag worden');
  expect(liveModel.html).toMatch(/^<!doctype html>/);
  for (const { by } of liveModel.history) expect(liveModel.page).toContain(`| ${by} |`);
  expect(await service.refusal('cees', ask)).toBe('FORBIDDEN model.read');
});

it('of the shipped model is the example of the documentation', async () => {
  const { harness } = service;
  harness.now = new Date('2026-11-16T09:00:00Z');
  const campaign = join(ROOT, 'campaigns/investing-retail');
  const key = await harness.install(campaign, join(ROOT, 'models/investing-retail-1'));
  const model = await harness.services.db.manager.findOneByOrFail(ModelVersionRow, { campaign: key });
  const page = await readModelPage(harness.services, model, 'MARKDOWN', 'en');
  await expectGolden(page, join(ROOT, 'docs/examples/investing-retail-1.md'));
}, 240_000);
