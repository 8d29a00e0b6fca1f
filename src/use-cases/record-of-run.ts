import { digestOf, digestOfJson } from '../audit/digest.ts';
import { merkleRoot } from '../audit/merkle.ts';
import { packageDigest } from '../audit/package-digest.ts';
import type { FundPrice } from '../domain/feature.ts';
import type { RunManifest } from '../domain/manifest.ts';
import { referenceRows } from '../domain/model-card.ts';
import type { ErasedChoice } from '../domain/selection.ts';
import { CampaignRow } from '../store/campaign.row.ts';
import { ConfigVersionRow } from '../store/config-version.row.ts';
import { FeedContractRow } from '../store/feed-contract.row.ts';
import { fundPrices } from '../store/fund-price.store.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import { modelFileBytes, modelFileDigests } from '../store/recorded-models.reads.ts';
import { leafBlocks } from '../store/recorded-rows.reads.ts';
import { erasedChoices, snapshotDigest } from '../store/reproduction.reads.ts';
import type { RunRow } from '../store/run.row.ts';
import type { Transaction } from '../store/transaction.ts';
import type { StepContext } from './run-step.ts';
import type { Services } from './services.ts';

const PARTS = [
  ['configVersion', 'the configuration'],
  ['contractVersion', 'the feed contract'],
  ['model', 'the model version'],
  ['onnx', 'the model'],
  ['card', "the model's card"],
  ['reference', "the model's reference sample"],
] as const;

/** All that a run was made of, as it is on record, and what of it is missing or altered. */
export interface RecordOfRun {
  readonly context: StepContext;
  readonly manifest: RunManifest;
  readonly model: Uint8Array;
  readonly reference: readonly (readonly number[])[];
  readonly funds: readonly FundPrice[];
  /** The leaf hashes of its decisions, concatenated. */
  readonly leaves: Buffer;
  readonly erased: ReadonlyMap<number, ErasedChoice>;
  /** Whether a frozen row lies elsewhere than it was loaded. */
  readonly moved: boolean;
  readonly faults: readonly string[];
}

/** A record of which so much is gone that nothing can be executed again. */
export interface IncompleteRecord {
  readonly manifest: RunManifest;
  readonly faults: readonly string[];
}

/** Reads the record of a run that decided and holds each part against the digest in its manifest. */
export async function readRecord(
  tx: Transaction,
  services: Services,
  run: RunRow,
): Promise<RecordOfRun | IncompleteRecord> {
  const faults: string[] = [];
  const same = (what: string, found: string, recorded: string | null) => {
    if (found !== recorded) faults.push(`${what} is not the one that was recorded`);
  };
  const { manifest } = run;
  if (manifest === null) throw new Error(`run ${run.id} decided and has no manifest`);
  same('the manifest', digestOfJson(manifest), run.manifestDigest);
  const { campaign: key, week, attempt, contract: number, seed } = run;
  const named = [manifest.campaign, manifest.week, manifest.attempt, manifest.contract.number, manifest.seed];
  same("the run's row", [key, week, attempt, number, seed].join(), named.join());
  const configVersion = await tx.findOneBy(ConfigVersionRow, { id: run.configId });
  const contractVersion = await tx.findOneBy(FeedContractRow, { campaign: key, number });
  const model = await tx.findOneBy(ModelVersionRow, { id: run.modelId });
  const digests = await modelFileDigests(tx, run.modelId);
  const onnx = await modelFileBytes(tx, run.modelId, 'model.onnx');
  const card = await modelFileBytes(tx, run.modelId, 'card.yaml');
  const reference = await modelFileBytes(tx, run.modelId, 'reference.csv');
  const gone = { configVersion, contractVersion, model, onnx, card, reference };
  if (
    configVersion === null ||
    contractVersion === null ||
    model === null ||
    onnx === null ||
    card === null ||
    reference === null
  ) {
    const missing = PARTS.filter(([part]) => gone[part] === null);
    return { manifest, faults: [...faults, ...missing.map(([, what]) => `${what} is missing`)] };
  }
  same('the configuration', digestOfJson(configVersion.settings), manifest.config.digest);
  same('the feed contract', digestOfJson({ columns: contractVersion.columns }), manifest.contract.digest);
  same('the model', digestOf(onnx), manifest.model.modelDigest);
  same("the model's card", digestOf(card), manifest.model.cardDigest);
  same("what was read in the model's card", digestOfJson(model.card), manifest.model.cardContent);
  same("the model's package", packageDigest(digests), manifest.model.digest);
  same("the model's reference sample", digestOf(reference), digests['reference.csv'] ?? '');
  const funds = await fundPrices(tx, run.id);
  same('the list of fund prices', digestOfJson(funds), manifest.funds);
  const erased = await erasedChoices(tx, run.id);
  const snapshot = await snapshotDigest(tx, run.id, manifest.snapshot.rows);
  same('the snapshot', snapshot.digest, manifest.snapshot.digest);
  const leaves: Buffer[] = [];
  for await (const { hashes } of leafBlocks(tx, run.id)) leaves.push(hashes);
  const kept = Buffer.concat(leaves);
  const root = Buffer.from(merkleRoot(kept)).toString('hex');
  same("the decisions' tree", `sha256:${root}`, manifest.decisionRoot);
  const campaign = await tx.findOneByOrFail(CampaignRow, { key });
  return {
    context: {
      services,
      run,
      campaign: { ...campaign, definition: { ...campaign.definition, flowDays: manifest.flowDays } },
      config: configVersion.settings,
      configVersion,
      contract: { columns: contractVersion.columns },
      contractVersion,
      model,
      progress: () => {},
    },
    manifest,
    model: onnx,
    reference: referenceRows(Buffer.from(reference).toString('utf8')),
    funds,
    leaves: kept,
    erased,
    moved: snapshot.moved,
    faults,
  };
}
