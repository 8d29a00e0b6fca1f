import { digestOf, digestOfJson } from '../audit/digest.ts';
import { packageDigest } from '../audit/package-digest.ts';
import { missingColumns } from '../domain/feature.ts';
import { DEFAULT_GATE_LIMITS } from '../domain/gates/gate-limits.ts';
import { columnsOfCard, type ModelPackage } from '../domain/model-card.ts';
import { cardGate, dataUseGate, forbiddenGate, type Gate, gateVerdict } from '../domain/model-gate.ts';
import { modelSpec } from '../domain/model-spec.ts';
import { PackageError, ScoringError } from '../domain/ports.ts';
import { Refusal, RefusalError, refuse } from '../domain/refusal.ts';
import { dateIn } from '../domain/week.ts';
import { campaignOf, configAt, contractAt, lockCampaign } from '../store/campaign.store.ts';
import { DataUseRow } from '../store/data-use.row.ts';
import { storeModelFiles } from '../store/model.store.ts';
import { noteModelAct } from '../store/model-life.store.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import { type Act, type Caller, type Command, execute, permit } from './execute.ts';
import type { Services } from './services.ts';

interface Tried {
  readonly campaign: string;
  readonly outcome: { readonly delivered: ModelPackage; readonly gates: readonly Gate[] } | Refusal;
}

/**
 * Reads and tries a delivered package, its model in a process of its own, then registers it. What is wrong with the
 * package is a refusal that names file, line, field and rule. The same package again answers with the version there is.
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
    // What is registered was judged then.
    if (await services.db.manager.existsBy(ModelVersionRow, { campaign, digest }))
      return { delivered, gates: [] };
    return {
      delivered,
      gates: [
        ...(await judgedGates(services, campaign, delivered)),
        cardGate(delivered.card),
        forbiddenGate(delivered.card),
      ],
    };
  } catch (error) {
    if (error instanceof PackageError) return new Refusal('BAD_INPUT', 'PACKAGE', error.message);
    if (error instanceof ScoringError) return new Refusal('GATE_FAILED', 'SIGNATURE', error.message);
    if (error instanceof RefusalError) return error.refusal;
    throw error;
  }
}

/** What the model shows when it is asked, at the threshold that the campaign has now. */
async function judgedGates(
  { scorer, db, clock }: Services,
  campaign: string,
  { card, files, reference, training }: ModelPackage,
): Promise<readonly Gate[]> {
  await campaignOf(db.manager, campaign);
  const { settings } = await configAt(db.manager, campaign, clock.now());
  const { features, trained } = card;
  const session = await scorer.open(modelSpec(card, files['model.onnx']));
  try {
    const material = { features, trained, training, reference, threshold: settings.threshold };
    return await session.judge(material, settings.gates ?? DEFAULT_GATE_LIMITS);
  } finally {
    await session.close();
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
  async handle(act, { campaign: key, outcome }) {
    if (outcome instanceof Refusal) throw new RefusalError(outcome);
    const { tx, now, actor, services } = act;
    const { card, files } = outcome.delivered;
    const campaign = await lockCampaign(tx, key);
    if (card.campaign !== key)
      refuse('BAD_INPUT', 'PACKAGE', `card.yaml, campaign is ${card.campaign} where ${key} is due.`);
    const contract = await contractAt(tx, key, now);
    const missing = missingColumns(card, { columns: contract.columns });
    if (missing.length > 0)
      refuse(
        'BAD_INPUT',
        'PACKAGE',
        `card.yaml reads ${missing.join(', ')}, which the feed contract does not offer to models.`,
      );
    const { digests, digest } = digestsOf(outcome.delivered);
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
        `${card.name} ${card.version} is registered already, with other content.`,
      );
    const gates = [
      ...outcome.gates,
      await coverage(act, key, columnsOfCard(card), dateIn(campaign.definition.timeZone, now)),
    ];
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
      gates: gates.map((gate) => ({ ...gate, acceptedBy: null, acceptance: null })),
      status: gateVerdict(gates) === 'FAIL' ? 'REFUSED' : 'VALIDATED',
      registeredBy: actor.subject,
      registeredAt: now,
    });
    await storeModelFiles(tx, id, files);
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
          gates: gateVerdict(gates),
          verdicts: gates.map(({ name, verdict }) => `${name} ${verdict}`),
          gatesAfter: digestOfJson(model.gates),
        },
      },
    };
  },
};

async function coverage(
  { tx }: Act,
  campaign: string,
  columns: readonly string[],
  today: string,
): Promise<Gate> {
  return dataUseGate(columns, await tx.findBy(DataUseRow, { campaign, status: 'SIGNED_OFF' }), today);
}
