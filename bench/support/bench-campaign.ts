import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCampaign } from '../../src/adapters/package/campaign-file.ts';
import { type App, migrateDatabase, openApp, openDatabase } from '../../src/app.ts';
import { loadSettings } from '../../src/config.ts';
import { type CampaignDefinition, NEVER } from '../../src/domain/campaign.ts';
import type { Role } from '../../src/domain/permissions.ts';
import { DataUseRow } from '../../src/store/data-use.row.ts';
import { applyCampaign } from '../../src/use-cases/apply-campaign.ts';
import { signOffDataUse } from '../../src/use-cases/data-uses.ts';
import { type Caller, execute } from '../../src/use-cases/execute.ts';
import { activateModel, approveModel } from '../../src/use-cases/model-lifecycle.ts';
import type { Services } from '../../src/use-cases/services.ts';
import { PACKAGE_ROOT } from '../../src/version.ts';
import { registerJudged } from '../../tests/support/registered-model.ts';

const person = (subject: string, role: Role): Caller => ({
  actor: { subject, name: null, roles: [role] },
  requestId: null,
});
export const OPERATOR = person('olga', 'OPERATOR');
export const MARKETEER = person('mark', 'MARKETEER');
const COMPLIANCE = person('carla', 'COMPLIANCE_REVIEWER');

/** The campaign as it ships, but that nobody looks at its samples. */
export function shippedCampaign(): CampaignDefinition {
  const file = join(PACKAGE_ROOT, 'campaigns/investing-retail/campaign.yaml');
  const shipped = readCampaign(readFileSync(file, 'utf8'));
  const limits = { ...shipped.config.limits, REVIEW_OPENED: NEVER };
  return { ...shipped, config: { ...shipped.config, limits } };
}

/** The shipped campaign without the columns that no model and no rule needs: sixteen. No check may halt a benchmark. */
export function benchCampaign(): CampaignDefinition {
  const shipped = shippedCampaign();
  const columns = shipped.feed.columns.filter(
    ({ name }) => !['opt_in_on', 'address_bounced', 'holding'].includes(name),
  );
  return {
    ...shipped,
    feed: { columns },
    dataUses: shipped.dataUses.map((use) => ({
      ...use,
      columns: use.columns.filter((name) => columns.some((column) => column.name === name)),
    })),
    config: { ...shipped.config, volumeMax: 10_000_000, marketWeekBand: null, marketMonthBand: null },
  };
}

export const SHIPPED_MODEL = join(PACKAGE_ROOT, 'models/investing-retail-1');

/** The service on an embedded PostgreSQL in a folder of its own, a campaign installed and a model live, the shipped ones if none is named. */
export async function openBench(
  folder: string,
  definition = benchCampaign(),
  modelFolder = SHIPPED_MODEL,
): Promise<App> {
  const settings = { ...loadSettings({ DATA_DIR: folder }), logLevel: 'warn' as const };
  const database = await openDatabase(settings);
  await migrateDatabase(database).finally(() => database.close());
  const app = await openApp(settings);
  const { services } = app;
  await execute(services, OPERATOR, applyCampaign, definition);
  for (const { id } of await services.db.manager.findBy(DataUseRow, { campaign: definition.key })) {
    await execute(services, COMPLIANCE, signOffDataUse, { id, note: null });
  }
  const modelId = await approvedModel(services, definition.key, modelFolder);
  await execute(services, OPERATOR, activateModel, { modelId });
  return app;
}

/** Registers a package and has it approved; answers its id. */
export async function approvedModel(services: Services, campaign: string, folder: string): Promise<string> {
  const read = () => services.packages.fromFolder(folder);
  const { id: modelId, gates } = await registerJudged(services, OPERATOR, { campaign, read });
  const acceptances = gates.map(({ name }) => ({ gate: name, reason: 'a benchmark' }));
  await execute(services, COMPLIANCE, approveModel, { modelId, acceptances, note: null });
  return modelId;
}
