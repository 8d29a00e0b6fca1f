import { visible } from '../domain/model-page/markdown.ts';
import { modelPage } from '../domain/model-page/model-page.ts';
import type { ModelPageFacts, PageFormat } from '../domain/model-page/model-page-facts.ts';
import type { PageLanguage } from '../domain/model-page/model-page-labels.ts';
import { countsByWeek } from '../domain/training-table.ts';
import { dateIn } from '../domain/week.ts';
import { dataUsesDeclaredBy } from '../store/campaign.reads.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { newestContract } from '../store/feed-contract.store.ts';
import { modelFile, referenceSample } from '../store/model.store.ts';
import { actsOn, filesOf, periodsOf, runsWith } from '../store/model-life.reads.ts';
import type { ModelVersionRow } from '../store/model-version.row.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Services } from './services.ts';

/** The page of a model version, as it stands now. */
export async function readModelPage(
  { db, clock, pages }: Pick<Services, 'db' | 'clock' | 'pages'>,
  model: ModelVersionRow,
  format: PageFormat,
  language: PageLanguage,
): Promise<string> {
  const at = clock.now();
  const facts = await db.transaction('REPEATABLE READ', (tx) => factsOf(tx, model, at));
  const markdown = modelPage(facts, language);
  if (format === 'MARKDOWN') return markdown;
  return pages.html({ title: visible(`${model.name} ${model.version}`), language, markdown });
}

async function factsOf(tx: Transaction, model: ModelVersionRow, at: Date): Promise<ModelPageFacts> {
  const { id, card, status, digest, gates, registeredBy, registeredAt } = model;
  const { key, definition } = await campaignOf(tx, model.campaign);
  const { columns } = await newestContract(tx, key);
  const training = Buffer.from(await modelFile(tx, id, 'training.csv')).toString('utf8');
  return {
    at,
    day: dateIn(definition.timeZone, at),
    card,
    status,
    digest,
    gates,
    registeredBy,
    registeredAt,
    campaign: { key, name: definition.name },
    contract: { columns },
    dataUses: await dataUsesDeclaredBy(tx, key, at),
    history: await actsOn(tx, id),
    live: await periodsOf(tx, 'model_activation', model),
    challenger: await periodsOf(tx, 'model_challenge', model),
    runs: await runsWith(tx, id),
    files: await filesOf(tx, id),
    training: {
      weeks: countsByWeek(training),
      reference: (await referenceSample(tx, id)).length,
    },
  };
}
