import { digestOfJson } from '../audit/digest.ts';
import type { EntryDetails } from '../audit/entry.ts';
import type { Config } from '../domain/campaign.ts';
import { type ConfigPatch, patchedConfig } from '../domain/config-patch.ts';
import { faultsText } from '../domain/config-proposal.ts';
import type { FeatureShift } from '../domain/feature-shift.ts';
import type { ModelCard } from '../domain/model-card.ts';
import { Refusal, RefusalError, refuse } from '../domain/refusal.ts';
import { settingFaults } from '../domain/setting-rules.ts';
import { weeksBetween } from '../domain/week.ts';
import { needOrder, type WeekSpan } from '../domain/week-span.ts';
import { campaignOf, configAt } from '../store/campaign.store.ts';
import { modelById, modelsById } from '../store/model.reads.ts';
import { currentRuns } from '../store/recorded-weeks.reads.ts';
import type { RunRow } from '../store/run.row.ts';
import type { Transaction } from '../store/transaction.ts';
import { assertGoing } from './engine.ts';
import type { Command } from './execute.ts';

/** How many weeks can be simulated in one go. */
export const MOST_WEEKS = 120;
/** More shifts than these are no question that a person asks. */
const MOST_SHIFTS = 20;

/** What somebody wants to know of recorded weeks. */
export interface AskedSimulation extends WeekSpan {
  readonly campaign: string;
  /** A registered model version of the campaign, in place of the one that each week ran with; null for that one. */
  readonly model: string | null;
  readonly patch: ConfigPatch;
  readonly shifts: readonly FeatureShift[];
  readonly judgeMarket: boolean;
}

/** What is to be replayed. */
export interface PlannedSimulation {
  readonly runs: readonly RunRow[];
  /** Of the model that was asked for; of the newest week's where none was. */
  readonly modelDigest: string;
}

/** Judges a simulation and writes into the log that it was asked for; the only thing of it that stays. */
export const askSimulation: Command<
  AskedSimulation & { readonly turnedAway: Refusal | null },
  PlannedSimulation
> = {
  action: 'simulation.run',
  permission: 'simulation.run',
  about: ({ campaign }) => ({ campaign, subject: null }),
  async handle({ tx, now }, { turnedAway, ...asked }) {
    const { campaign, from, to, patch, shifts } = asked;
    if (turnedAway !== null) throw new RefusalError(turnedAway);
    await campaignOf(tx, campaign);
    await assertGoing(tx, campaign, 'BACKGROUND');
    needWeeks(asked);
    const { settings } = await configAt(tx, campaign, now);
    const fault = settingsRefusal(settings, patch);
    if (fault !== null) throw new RefusalError(fault);
    const runs = await currentRuns(tx, campaign, from, to);
    if (runs.length === 0)
      refuse('NOT_FOUND', 'RUN', `There is no run of ${campaign} from ${from} to ${to}.`);
    const models = await modelsOf(tx, asked, runs);
    needFeatures(
      shifts,
      models.map(({ card }) => card),
    );
    const model = models.find(({ id }) => id === (asked.model ?? runs.at(-1)?.modelId));
    if (model === undefined) throw new Error('a run has a model');
    return {
      result: { runs, modelDigest: model.digest },
      facts: {
        campaign,
        subject: null,
        digest: digestOfJson(asked),
        details: {
          from,
          to,
          weeks: runs.length,
          model: asked.model === null ? null : model.digest,
          settings: patchTexts(patch),
          shifts: shifts.map(({ feature, multiply, add }) => `${feature} * ${multiply} + ${add}`),
        },
      },
    };
  },
};

/** What a patch sets, for the log: names, and values that nobody has written in words. */
export function patchTexts({ overrides, ...plain }: ConfigPatch): NonNullable<EntryDetails[string]> {
  const given = Object.entries(plain).filter(([, value]) => value !== undefined);
  const held = overrides?.map(({ feature, value, expires }) => `${feature} = ${value} until ${expires}`);
  return [
    ...given.map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
    ...(held === undefined ? [] : [`overrides = ${held.join(', ') || 'none'}`]),
  ];
}

/** Why the settings that a patch makes cannot be, null where they can. */
export function settingsRefusal(config: Config, patch: ConfigPatch): Refusal | null {
  const faults = settingFaults(patchedConfig(config, patch));
  return faults.length === 0 ? null : new Refusal('BAD_INPUT', 'SETTINGS', faultsText(faults));
}

function needWeeks(span: WeekSpan): void {
  needOrder(span);
  const weeks = weeksBetween(span.from, span.to) + 1;
  if (weeks > MOST_WEEKS)
    refuse(
      'LIMIT_EXCEEDED',
      'SIMULATED_WEEKS',
      `A simulation has ${MOST_WEEKS} weeks at most, not ${weeks}.`,
    );
}

async function modelsOf(tx: Transaction, { campaign, model }: AskedSimulation, runs: readonly RunRow[]) {
  if (model === null) return modelsById(tx, [...new Set(runs.map(({ modelId }) => modelId))]);
  const found = await modelById(tx, model);
  if (found === null || found.campaign !== campaign)
    return refuse('NOT_FOUND', 'MODEL_VERSION', `${campaign} has no such model version.`);
  return [found];
}

/** A code that stands for a text is no quantity: it cannot be shifted. */
function needFeatures(shifts: readonly FeatureShift[], cards: readonly ModelCard[]): void {
  if (shifts.length > MOST_SHIFTS)
    refuse('LIMIT_EXCEEDED', 'SHIFTS', `A simulation has ${MOST_SHIFTS} shifts at most.`);
  for (const { feature, multiply, add } of shifts) {
    if (!Number.isFinite(multiply) || !Number.isFinite(add))
      refuse('BAD_INPUT', 'SHIFT', 'A shift multiplies by a finite number and adds one.');
    const known = cards.flatMap(({ features }) => features.filter(({ recipe }) => !('category' in recipe)));
    if (known.every(({ name }) => name !== feature)) {
      const names = [...new Set(known.map(({ name }) => name))].join(', ');
      refuse('BAD_INPUT', 'SHIFT', `No feature of that name can be shifted; there are ${names}.`);
    }
  }
}
