import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelVersionRow } from '../../src/store/model-version.row.ts';
import { type Caller, execute } from '../../src/use-cases/execute.ts';
import { approveModel } from '../../src/use-cases/model-lifecycle.ts';
import { registerJudged } from './registered-model.ts';
import { CARLA, OLGA, type ServiceHarness } from './service-harness.ts';
import { SMALL } from './small-campaign.ts';

/** Registers, and has judged, another version of the small campaign's model, installed before: what its files say may be changed. */
export async function registerSmall(
  harness: ServiceHarness,
  version: string,
  change: { readonly card?: (yaml: string) => string; readonly model?: Uint8Array } = {},
  caller: Caller = OLGA,
): Promise<ModelVersionRow> {
  const folder = join(harness.folder, `small-model-${version}`);
  await cp(join(harness.folder, 'small-model'), folder, { recursive: true });
  const card = (await readFile(join(folder, 'card.yaml'), 'utf8')).replace(
    'version: "1"',
    `version: "${version}"`,
  );
  await writeFile(join(folder, 'card.yaml'), change.card?.(card) ?? card);
  if (change.model !== undefined) await writeFile(join(folder, 'model.onnx'), change.model);
  const { services } = harness;
  const read = () => services.packages.fromFolder(folder);
  return registerJudged(services, caller, { campaign: SMALL, read });
}

/** Approves a version, whatever its gates warn of. */
export async function approveSmall(harness: ServiceHarness, model: ModelVersionRow, caller: Caller = CARLA) {
  const acceptances = model.gates.map(({ name }) => ({ gate: name, reason: 'judged acceptable' }));
  return execute(harness.services, caller, approveModel, { modelId: model.id, acceptances, note: null });
}
