import { patchedConfig } from '../domain/config-patch.ts';
import { Refusal } from '../domain/refusal.ts';
import type { SimulatedWeek, WhatIf } from '../domain/replay.ts';
import { SimulatedWeeks } from '../domain/simulated-weeks.ts';
import { recordedPast } from '../store/recorded-weeks.reads.ts';
import { PAST_WEEKS } from '../store/run-record.store.ts';
import { SimulationTurn } from '../store/simulation-turn.ts';
import { type AskedSimulation, askSimulation } from './ask-simulation.ts';
import { type Caller, execute } from './execute.ts';
import { replayWeeks } from './replay-weeks.ts';
import type { Services } from './services.ts';

/** How far a simulation is. */
export interface SimulationProgress {
  readonly done: number;
  readonly total: number;
  readonly modelDigest: string;
  /** The week that was done last; null at the beginning. */
  readonly week: SimulatedWeek | null;
}

/**
 * Replays recorded weeks with another model, other settings or shifted features, week after week as they are done. Whoever leaves
 * ends it; so does the signal, with its reason. Changes nothing but the log, which says that it was asked for. Throws RefusalError.
 */
export async function* simulate(
  services: Services,
  caller: Caller,
  asked: AskedSimulation,
  signal: AbortSignal,
): AsyncGenerator<SimulationProgress, undefined> {
  const { db } = services;
  const taken = await SimulationTurn.take(db, caller.actor.subject);
  const turnedAway = taken instanceof Refusal ? taken : null;
  await using _turn = taken instanceof Refusal ? null : taken;
  const { runs, modelDigest } = await execute(services, caller, askSimulation, { ...asked, turnedAway });
  const total = runs.length;
  yield { done: 0, total, modelDigest, week: null };
  const { campaign, from, to, model, patch, shifts, judgeMarket } = asked;
  const whatIf: WhatIf = {
    settings: (recorded) => patchedConfig(recorded, patch),
    model,
    shifts,
    judgeMarket,
  };
  const recorded = await recordedPast(db.manager, campaign, { from, to, before: PAST_WEEKS });
  const judged = new SimulatedWeeks(recorded, PAST_WEEKS);
  let done = 0;
  for await (const replayed of replayWeeks(services, runs, whatIf, signal))
    yield { done: ++done, total, modelDigest, week: judged.add(replayed) };
  return undefined;
}
