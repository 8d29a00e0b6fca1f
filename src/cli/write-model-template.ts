import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCampaign } from '../adapters/package/campaign-file.ts';
import { packageTemplate, type TemplateCampaign } from '../adapters/package/package-template.ts';
import { openApp } from '../app.ts';
import type { Settings } from '../config.ts';
import { refuse } from '../domain/refusal.ts';
import { newestContract } from '../store/feed-contract.store.ts';

/**
 * `waarom model template`: writes an unfinished model package into an empty or new folder.
 * @param campaign a campaign.yaml or the key of a campaign that was applied; null for a package for no campaign yet
 */
export async function writeModelTemplate(
  settings: () => Settings,
  folder: string,
  campaign: string | null,
): Promise<string> {
  const files = packageTemplate(campaign === null ? null : await campaignOf(settings, campaign));
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0)
    refuse('CONFLICT', 'FOLDER', `${folder} is not empty; nothing was written.`);
  for (const [name, text] of files) await writeFile(join(folder, name), text, { flag: 'wx' });
  return `${folder} holds ${[...files.keys()].join(', ')}. Fill in what is empty, add model.onnx, and register it.`;
}

async function campaignOf(settings: () => Settings, campaign: string): Promise<TemplateCampaign> {
  if (await isFile(campaign)) {
    const { key, feed } = readCampaign(await readFile(campaign, 'utf8'), campaign);
    return { key, columns: feed.columns };
  }
  const app = await openApp(settings());
  try {
    const { db } = app.services;
    return { key: campaign, columns: (await newestContract(db.manager, campaign)).columns };
  } finally {
    await app.close();
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
