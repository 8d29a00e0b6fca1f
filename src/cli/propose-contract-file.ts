import { readFile } from 'node:fs/promises';
import { feedContract } from '../adapters/package/feed-contract.schema.ts';
import { readYaml } from '../adapters/package/yaml-file.ts';
import { openApp } from '../app.ts';
import type { Settings } from '../config.ts';
import { contractDifferences } from '../domain/feed-contract-change.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { newestContract } from '../store/feed-contract.store.ts';
import { execute } from '../use-cases/execute.ts';
import { proposeFeedContract } from '../use-cases/feed-contract-changes.ts';
import { findingsOf } from '../use-cases/feed-contract-findings.ts';
import { COMMAND_LINE } from './command-line.ts';

/** `waarom feed-contract propose`: proposes the columns of a YAML file, and says what would change and do. */
export async function proposeContractFile(
  settings: Settings,
  file: string,
  { campaign: key, reason }: { readonly campaign: string; readonly reason: string },
): Promise<string> {
  const { columns } = readYaml(file, await readFile(file, 'utf8'), feedContract);
  const app = await openApp(settings);
  try {
    const { services } = app;
    const { manager } = services.db;
    const campaign = await campaignOf(manager, key);
    const before = await newestContract(manager, key);
    const change = await execute(services, COMMAND_LINE, proposeFeedContract, {
      campaign: key,
      columns,
      reason,
    });
    const findings = await findingsOf(manager, campaign, { before, after: change }, services.clock.now());
    return [
      `Change ${change.id} of contract ${change.base} of ${key} waits for a compliance reviewer.`,
      ...contractDifferences(before, change).map(
        (one) => `  ${one.column}, ${one.field}: ${one.before ?? 'none'} → ${one.after ?? 'none'}`,
      ),
      ...findings.map(({ rule, bars, message }) => `  ${bars ? 'BARS' : 'WARN'} ${rule}: ${message}`),
    ].join('\n');
  } finally {
    await app.close();
  }
}
