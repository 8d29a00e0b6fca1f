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
import { modelFile } from '../store/model.store.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import { modelFileDigests } from '../store/recorded-models.reads.ts';
import { leafBlocks } from '../store/recorded-rows.reads.ts';
import { erasedChoices, snapshotDigest } from '../store/reproduction.reads.ts';
import type { RunRow } from '../store/run.row.ts';
import type { Transaction } from '../store/transaction.ts';
import type { StepContext } from './run-step.ts';
import type { Services } from './services.ts';

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

/** Reads the record of a run that decided and holds each part against the digest in its manifest. */
export async function readRecord(tx: Transaction, services: Services, run: RunRow): Promise<RecordOfRun> {
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
  const configVersion = await tx.findOneByOrFail(ConfigVersionRow, { id: run.configId });
  same('the configuration', digestOfJson(configVersion.settings), manifest.config.digest);
  const contractVersion = await tx.findOneByOrFail(FeedContractRow, { campaign: key, number });
  same('the feed contract', digestOfJson({ columns: contractVersion.columns }), manifest.contract.digest);
  const model = await tx.findOneByOrFail(ModelVersionRow, { id: run.modelId });
  const file = (name: string) => modelFile(tx, model.id, name);
  const onnx = await file('model.onnx');
  same('the model', digestOf(onnx), manifest.model.modelDigest);
  same("the model's card", digestOf(await file('card.yaml')), manifest.model.cardDigest);
  same("what was read in the model's card", digestOfJson(model.card), manifest.model.cardContent);
  const digests = await modelFileDigests(tx, model.id);
  same("the model's package", packageDigest(digests), manifest.model.digest);
  const reference = await file('reference.csv');
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
