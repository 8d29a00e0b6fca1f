import { digestOfJson } from '../audit/digest.ts';
import { check } from '../domain/check.ts';
import { missingColumns } from '../domain/feature.ts';
import { ScoringError } from '../domain/ports.ts';
import { RefusalError } from '../domain/refusal.ts';
import { type ChallengerOfRun, insertChallenger, recordChallenger } from '../store/challenger.store.ts';
import { challengerAt } from '../store/model.reads.ts';
import type { ModelVersionRow } from '../store/model-version.row.ts';
import type { RunRow } from '../store/run.row.ts';
import { addChecks } from '../store/run-record.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { assertSignedOff } from './data-use-cover.ts';
import type { StepContext, StepResult } from './run-step.ts';
import { type ShadowScored, scoreShadow } from './score-shadow.ts';

/** The challenger that a run has: the one of its campaign when it started. */
export function challengerOfRun(
  tx: Transaction,
  { campaign, startedAt }: Pick<RunRow, 'campaign' | 'startedAt'>,
): Promise<ModelVersionRow | null> {
  return challengerAt(tx, campaign, startedAt);
}

type Came = Omit<ChallengerOfRun, 'runId' | 'modelId'>;

/**
 * Scores with the challenger whom the run scored, and records what it would have decided. Nothing of the run follows from it: where
 * the challenger may not score any more, or cannot, that is noted as a check and the run goes on.
 */
export async function challengeRun(tx: Transaction, context: StepContext): Promise<StepResult> {
  const { run } = context;
  const model = await challengerOfRun(tx, run);
  if (model === null) throw new Error(`run ${run.id} has no challenger`);
  const came = await challenge(tx, context, model);
  await insertChallenger(tx, { runId: run.id, modelId: model.id, ...came });
  await addChecks(tx, run.id, [checkOf(model, came)]);
  const { outcome, reason, scored, root, summary } = came;
  return {
    status: null,
    facts: {
      campaign: run.campaign,
      subject: run.id,
      digest: root,
      details: {
        manifest: run.manifestDigest,
        modelId: model.id,
        model: model.digest,
        outcome,
        reason,
        scored,
        root,
        summary: summary === null ? null : digestOfJson(summary),
      },
    },
  };
}

async function challenge(tx: Transaction, context: StepContext, model: ModelVersionRow): Promise<Came> {
  const barred = await whyNot(tx, context, model);
  if (barred !== null) return unscored('SKIPPED', barred);
  let shadow: ShadowScored;
  try {
    await assertSignedOff(tx, model, context.services.clock.now());
    shadow = await scoreShadow(tx, context, model);
  } catch (error) {
    // What ends a run where its own model is at fault does not where its challenger is: it is noted, and all else is thrown on.
    if (error instanceof ScoringError) return unscored('FAILED', error.message);
    if (error instanceof RefusalError && error.refusal.code === 'NOT_SIGNED_OFF')
      return unscored('SKIPPED', error.refusal.message);
    throw error;
  }
  // Whoever cleared it while it scored is heard.
  const cleared = await whyNot(tx, context, model);
  if (cleared !== null) return unscored('SKIPPED', cleared);
  const { decisions, count, summary } = shadow;
  const root = await recordChallenger(tx, context.run.id, decisions, count, context.services.randomness);
  return { outcome: 'SCORED', reason: null, scored: count, root, summary };
}

/** Why a challenger is left out, whatever its data uses; null where it is not. */
async function whyNot(
  tx: Transaction,
  { run, contract, services }: StepContext,
  { id, card }: ModelVersionRow,
): Promise<string | null> {
  const current = await challengerAt(tx, run.campaign, services.clock.now());
  if (current?.id !== id) return 'It is not the challenger any more.';
  const lacking = missingColumns(card, contract);
  if (lacking.length > 0) return `The feed contract of the run does not offer ${lacking.join(', ')}.`;
  return null;
}

function unscored(outcome: 'SKIPPED' | 'FAILED', reason: string): Came {
  return { outcome, reason, scored: 0, root: null, summary: null };
}

function checkOf({ name, version }: ModelVersionRow, { outcome, reason, scored }: Came) {
  return check('CHALLENGER', outcome === 'SCORED' ? 'PASS' : 'WARN', {
    measured: outcome === 'SCORED' ? `${scored} scored` : outcome.toLowerCase(),
    limit: 'warn where it does not score, halt never',
    message: reason ?? 'The challenger scored in the shadow; nothing follows from it.',
    subject: `${name} ${version}`,
  });
}
