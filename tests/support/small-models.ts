import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelVersionRow } from '../../src/store/model-version.row.ts';
import { type Caller, execute } from '../../src/use-cases/execute.ts';
import { approveModel } from '../../src/use-cases/model-lifecycle.ts';
import { registerJudged } from './registered-model.ts';
import { CARLA, OLGA, type ServiceHarness } from './service-harness.ts';
import { SMALL } from './small-campaign.ts';

/** What another package says otherwise. */
export interface SmallChange {
  readonly card?: (yaml: string) => string;
  readonly model?: Uint8Array;
}

/** Writes another version of the small campaign's model, installed before; answers how it is registered. */
export async function smallPackage(
  harness: ServiceHarness,
  version: string,
  change: SmallChange = {},
): Promise<Parameters<typeof registerJudged>[2]> {
  const folder = join(harness.folder, `small-model-${version}`);
  await cp(join(harness.folder, 'small-model'), folder, { recursive: true });
  const card = (await readFile(join(folder, 'card.yaml'), 'utf8')).replace(
    'version: "1"',
    `version: "${version}"`,
  );
  await writeFile(join(folder, 'card.yaml'), change.card?.(card) ?? card);
  if (change.model !== undefined) await writeFile(join(folder, 'model.onnx'), change.model);
  const { packages } = harness.services;
  return { campaign: SMALL, read: () => packages.fromFolder(folder) };
}

/** Registers, and has judged, another version of the small campaign's model. */
export async function registerSmall(
  harness: ServiceHarness,
  version: string,
  change: SmallChange = {},
  caller: Caller = OLGA,
): Promise<ModelVersionRow> {
  return registerJudged(harness.services, caller, await smallPackage(harness, version, change));
}

/** Approves a version, whatever its gates warn of. */
export async function approveSmall(harness: ServiceHarness, model: ModelVersionRow, caller: Caller = CARLA) {
  const acceptances = model.gates.map(({ name }) => ({ gate: name, reason: 'judged acceptable' }));
  return execute(harness.services, caller, approveModel, { modelId: model.id, acceptances, note: null });
}
