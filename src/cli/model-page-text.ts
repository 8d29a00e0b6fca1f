import { writeFile } from 'node:fs/promises';
import { openApp } from '../app.ts';
import type { Settings } from '../config.ts';
import type { PageFormat } from '../domain/model-page/model-page-facts.ts';
import type { PageLanguage } from '../domain/model-page/model-page-labels.ts';
import { refuse } from '../domain/refusal.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { modelById, modelLiveAt } from '../store/model.reads.ts';
import { permit } from '../use-cases/execute.ts';
import { readModelPage } from '../use-cases/read-model-page.ts';
import { COMMAND_LINE } from './command-line.ts';

/** Which version's page: one by its id, or what a campaign has in production. */
export type AskedModel = { readonly id: string } | { readonly campaign: string };

/** `waarom model card`: the page of a model version, written to a file where one is named. */
export async function modelPageText(
  settings: Settings,
  asked: AskedModel,
  { format, language, out }: { format: PageFormat; language: PageLanguage; out: string | null },
): Promise<string> {
  const app = await openApp(settings);
  try {
    const { services } = app;
    const { manager } = services.db;
    await permit(services, COMMAND_LINE, 'model.read');
    if ('campaign' in asked) await campaignOf(manager, asked.campaign);
    const model =
      'id' in asked
        ? await modelById(manager, asked.id)
        : await modelLiveAt(manager, asked.campaign, services.clock.now());
    if (model === null) return refuse('NOT_FOUND', 'MODEL', 'There is no such model version.');
    const page = await readModelPage(services, model, format, language);
    if (out === null) return page;
    await writeFile(out, page);
    return `The page of ${model.name} ${model.version} is in ${out}.`;
  } finally {
    await app.close();
  }
}
