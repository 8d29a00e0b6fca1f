import { digestOf, digestOfJson } from '../audit/digest.ts';
import { packageDigest } from '../audit/package-digest.ts';
import { missingColumns } from '../domain/feature.ts';
import type { ModelPackage } from '../domain/model-card.ts';
import { modelSpec } from '../domain/model-spec.ts';
import { PackageError, ScoringError } from '../domain/ports.ts';
import { obey, Refusal, RefusalError, refuse } from '../domain/refusal.ts';
import { campaignOf, lockCampaign } from '../store/campaign.store.ts';
import { newestContract } from '../store/feed-contract.store.ts';
import { storeModelFiles } from '../store/model.store.ts';
import { queueJudging } from '../store/model-judging.store.ts';
import { noteModelAct } from '../store/model-life.store.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import { type Caller, type Command, execute, permit } from './execute.ts';
import type { Services } from './services.ts';

interface Tried {
  readonly campaign: string;
  readonly outcome: ModelPackage | Refusal;
}

/**
 * Reads a delivered package, opens its model in a process of its own, and registers it: REGISTERED, its judging queued
 * (judge-model.ts). What is wrong with the package is a refusal that names file, line, field and rule. The same package again answers
 * with the version there is.
 */
export async function registerModel(
  services: Services,
  caller: Caller,
  input: { readonly campaign: string; readonly read: () => Promise<ModelPackage> },
): Promise<ModelVersionRow> {
  await permit(services, caller, 'model.register');
  return execute(services, caller, register, {
    campaign: input.campaign,
    outcome: await tryPackage(services, input.campaign, input.read),
  });
}

async function tryPackage(
  services: Services,
  campaign: string,
  read: () => Promise<ModelPackage>,
): Promise<Tried['outcome']> {
  try {
    const delivered = await read();
    const { digest } = digestsOf(delivered);
    const { db, scorer } = services;
    await campaignOf(db.manager, campaign);
    // What is registered could be opened then.
    if (await db.manager.existsBy(ModelVersionRow, { campaign, digest })) return delivered;
    const session = await scorer.open(modelSpec(delivered.card, delivered.files['model.onnx']));
    await session.close();
    return delivered;
  } catch (error) {
    if (error instanceof PackageError) return new Refusal('BAD_INPUT', 'PACKAGE', error.message);
    if (error instanceof ScoringError) return new Refusal('GATE_FAILED', 'SIGNATURE', error.message);
    if (error instanceof RefusalError) return error.refusal;
    throw error;
  }
}

/** What tells a package from every other one: the digest of each file, and of them all. */
function digestsOf({ files }: ModelPackage): {
  readonly digests: Readonly<Record<string, string>>;
  readonly digest: string;
} {
  const digests = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, digestOf(bytes)]));
  return { digests, digest: packageDigest(digests) };
}

const register: Command<Tried, ModelVersionRow> = {
  action: 'model.register',
  permission: 'model.register',
  about: ({ campaign }) => ({ campaign, subject: null }),
  async handle({ tx, now, actor, services }, { campaign: key, outcome }) {
    const delivered = obey(outcome);
    const { card, files } = delivered;
    await lockCampaign(tx, key);
    if (card.campaign !== key)
      refuse('BAD_INPUT', 'PACKAGE', `card.yaml, campaign is ${card.campaign} where ${key} is due.`);
    const contract = await newestContract(tx, key);
    const missing = missingColumns(card, { columns: contract.columns });
    if (missing.length > 0)
      refuse(
        'BAD_INPUT',
        'PACKAGE',
        `card.yaml reads ${missing.join(', ')}, which the feed contract does not offer to models.`,
      );
    const { digests, digest } = digestsOf(delivered);
    const known = await tx.findOneBy(ModelVersionRow, { campaign: key, digest });
    if (known !== null)
      return { result: known, facts: { campaign: key, subject: known.id, digest, details: { again: true } } };
    const taken = await tx.countBy(ModelVersionRow, {
      campaign: key,
      name: card.name,
      version: card.version,
    });
    if (taken > 0)
      refuse(
        'CONFLICT',
        'MODEL_VERSION',
        `${card.name} ${card.version} is registered already, with other content. Give this one another version in card.yaml.`,
      );
    const id = services.ids.next();
    await tx.insert(ModelVersionRow, {
      id,
      campaign: key,
      name: card.name,
      version: card.version,
      digest,
      modelDigest: digestOf(files['model.onnx']),
      cardDigest: digestOf(files['card.yaml']),
      card,
      gates: [],
      status: 'REGISTERED',
      registeredBy: actor.subject,
      registeredAt: now,
    });
    await storeModelFiles(tx, id, files);
    await queueJudging(tx, id, now);
    const model = await tx.findOneByOrFail(ModelVersionRow, { id });
    const noted = {
      modelId: id,
      at: now,
      actor: actor.subject,
      before: null,
      after: model.status,
      note: null,
    };
    await noteModelAct(tx, { ...noted, act: 'REGISTER' });
    return {
      result: model,
      facts: {
        campaign: key,
        subject: id,
        digest,
        details: {
          name: card.name,
          version: card.version,
          modelDigest: model.modelDigest,
          cardDigest: model.cardDigest,
          card: digestOfJson(model.card),
          files: Object.entries(digests).map(([name, of]) => `${name} ${of}`),
          before: null,
          after: model.status,
          gatesAfter: digestOfJson(model.gates),
        },
      },
    };
  },
};
