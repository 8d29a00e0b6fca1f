import { DEFAULT_GATE_LIMITS } from '../domain/gates/gate-limits.ts';
import { JUDGING_TOTAL, type JudgingStep } from '../domain/judging.ts';
import { columnsOfCard } from '../domain/model-card.ts';
import {
  cardGate,
  dataUseGate,
  forbiddenGate,
  type Gate,
  gateVerdict,
  unansweredGate,
} from '../domain/model-gate.ts';
import { modelSpec } from '../domain/model-spec.ts';
import type { ModelStatus } from '../domain/model-version.ts';
import { PackageError, ScoringError } from '../domain/ports.ts';
import { dateIn } from '../domain/week.ts';
import { campaignOf, configAt } from '../store/campaign.store.ts';
import type { ConfigVersionRow } from '../store/config-version.row.ts';
import { DataUseRow } from '../store/data-use.row.ts';
import { packageFiles } from '../store/model.store.ts';
import { beginJudging, endJudging, holdJudging, tryHoldJudging } from '../store/model-judging.store.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import type { Transaction } from '../store/transaction.ts';
import { record } from './execute.ts';
import { actOn, holdModel } from './model-act.ts';
import { ENGINE } from './run-step.ts';
import type { Services } from './services.ts';

/** One that was begun this often and never came to an end is not begun again by itself. */
const MOST_ATTEMPTS = 3;

/** A version being judged. */
interface Judged {
  readonly services: Services;
  readonly model: ModelVersionRow;
  readonly config: ConfigVersionRow;
}

/**
 * Judges a version that waits for it by all gates: VALIDATED, or REFUSED where one fails. Answers the version as it is then. Whoever
 * was killed at it left it as it was; called twice at once, the second waits and finds it done. A model that cannot be judged fails
 * SIGNATURE with the reason.
 */
export async function judgeModel(services: Services, modelId: string): Promise<ModelVersionRow> {
  const model = await services.db.transaction(async (tx) => {
    await holdJudging(tx, modelId);
    return judgeHeld(services, tx, modelId);
  });
  tellEnd(services, model);
  return model;
}

/** The same, but null where somebody else is judging the version. */
export async function judgeModelUnlessHeld(
  services: Services,
  modelId: string,
): Promise<ModelVersionRow | null> {
  const model = await services.db.transaction(async (tx) =>
    (await tryHoldJudging(tx, modelId)) ? judgeHeld(services, tx, modelId) : null,
  );
  if (model !== null) tellEnd(services, model);
  return model;
}

async function judgeHeld(services: Services, tx: Transaction, modelId: string): Promise<ModelVersionRow> {
  const { db, clock } = services;
  const model = await tx.findOneByOrFail(ModelVersionRow, { id: modelId });
  if (model.status !== 'REGISTERED') return model;
  const now = clock.now();
  // Beside the transaction, so that it stays when this process does not.
  const attempts = await beginJudging(db.manager, modelId, now);
  const judged = { services, model, config: await configAt(tx, model.campaign, now) };
  const asked =
    attempts > MOST_ATTEMPTS
      ? [unansweredGate(`the judging was begun ${MOST_ATTEMPTS} times and never came to its end`)]
      : await modelGates(judged);
  return finish(tx, judged, [...asked, cardGate(model.card), forbiddenGate(model.card)]);
}

/** What the model shows when it is asked, with its package as it was registered, at the threshold that the campaign has now. */
async function modelGates({ services, model, config }: Judged): Promise<readonly Gate[]> {
  const { packages, scorer, db } = services;
  const { threshold, gates: limits = DEFAULT_GATE_LIMITS } = config.settings;
  const tell = teller(services, model);
  tell('READ');
  try {
    const { card, files, reference, training } = await packages.fromFiles(
      await packageFiles(db.manager, model.id),
    );
    const session = await scorer.open(modelSpec(card, files['model.onnx']));
    try {
      const { features, trained } = card;
      return await session.judge({ features, trained, training, reference, threshold }, limits, tell);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof ScoringError || error instanceof PackageError)
      return [unansweredGate(error.message)];
    throw error;
  }
}

/** Tells each step as it begins; every gate before it is done. */
function teller({ judging }: Services, { id, campaign }: ModelVersionRow): (step: JudgingStep) => void {
  let done = -1;
  return (step) => {
    done += 1;
    judging({ modelId: id, campaign, step, done: Math.max(done - 1, 0), total: JUDGING_TOTAL });
  };
}

/** Whoever watches hears of the end, and can ask which it was. */
function tellEnd({ judging }: Services, { id: modelId, campaign }: ModelVersionRow): void {
  judging({ modelId, campaign, step: 'DONE', done: JUDGING_TOTAL, total: JUDGING_TOTAL });
}

/** Puts the verdicts to the version, unless it was taken out of use meanwhile. */
async function finish(
  tx: Transaction,
  { services, model: { id }, config }: Judged,
  asked: readonly Gate[],
): Promise<ModelVersionRow> {
  const model = await holdModel(tx, id);
  await endJudging(tx, id);
  if (model.status !== 'REGISTERED') return model;
  const now = services.clock.now();
  const coverage = await coverageOf(tx, model, now);
  const gates = [...asked, coverage].map((gate) => ({ ...gate, acceptedBy: null, acceptance: null }));
  const verdict = gateVerdict(gates);
  const after: ModelStatus = verdict === 'FAIL' ? 'REFUSED' : 'VALIDATED';
  const { result, facts } = await actOn({ tx, now, actor: ENGINE.actor, services }, model, {
    act: 'JUDGE',
    changed: { gates, status: after, judgedAt: now, judgedConfig: config.id },
    note: null,
    details: {
      config: config.number,
      configDigest: config.digest,
      gates: verdict,
      verdicts: gates.map(({ name, verdict: of }) => `${name} ${of}`),
    },
  });
  await record(tx, { now, caller: ENGINE, role: 'OPERATOR', action: 'model.judge', facts });
  return result;
}

async function coverageOf(tx: Transaction, { campaign, card }: ModelVersionRow, now: Date): Promise<Gate> {
  const { definition } = await campaignOf(tx, campaign);
  const uses = await tx.findBy(DataUseRow, { campaign, status: 'SIGNED_OFF' });
  return dataUseGate(columnsOfCard(card), uses, dateIn(definition.timeZone, now));
}
