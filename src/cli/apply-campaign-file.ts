import { readFile } from 'node:fs/promises';
import { readCampaign } from '../adapters/package/campaign-file.ts';
import { openApp } from '../app.ts';
import type { Settings } from '../config.ts';
import { applyCampaign } from '../use-cases/apply-campaign.ts';
import { execute } from '../use-cases/execute.ts';
import type { Services } from '../use-cases/services.ts';
import { COMMAND_LINE } from './command-line.ts';

/** `waarom campaign apply`: creates a campaign; throws PackageError on a file that is none. */
export async function applyCampaignFile(settings: Settings, file: string): Promise<string> {
  const app = await openApp(settings);
  return applyDefinitionFile(app.services, file).finally(() => app.close());
}

/** Creates the campaign that a file defines, and says so. Throws PackageError on a file that defines none. */
export async function applyDefinitionFile(services: Services, file: string): Promise<string> {
  const definition = readCampaign(await readFile(file, 'utf8'), file);
  const { created } = await execute(services, COMMAND_LINE, applyCampaign, definition);
  if (!created) return `${definition.key} was applied before; nothing changed.`;
  return `${definition.key} was created. Its data uses wait for the sign-off of a compliance reviewer.`;
}
