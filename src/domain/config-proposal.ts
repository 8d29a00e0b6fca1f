import type { Config, FeatureOverride } from './campaign.ts';
import { type ConfigPatch, type Difference, differences, patchedConfig } from './config-patch.ts';
import { holdsOn } from './feature-override.ts';
import { Refusal } from './refusal.ts';
import { type SettingFault, settingFaults } from './setting-rules.ts';
import { addWeeks, type IsoDate, type IsoWeek, weeksBetween } from './week.ts';

/** What settings are judged against beside their own rules. */
export interface Circumstances {
  /** The day it is, in the campaign's time zone. */
  readonly today: IsoDate;
  /** The features of the live model; null where there is none. */
  readonly features: readonly string[] | null;
}

/** How the settings of a campaign stand when a change of them is decided on. */
export interface Standing extends Circumstances {
  /** The settings in force, and their number. */
  readonly inForce: { readonly number: number; readonly settings: Config };
  /** The evaluation that other settings would cut, in words; null where none. */
  readonly cutsEvaluation: string | null;
}

/** As much of a change as tells whether it can be put in force. */
export interface ProposedSettings {
  /** The number of the settings from which it was made. */
  readonly base: number;
  readonly settings: Config;
  readonly acceptsEvaluationLoss: boolean;
}

/** What a patch makes of the settings in force, in full. */
export interface Proposal {
  readonly settings: Config;
  readonly differences: readonly Difference[];
}

/** The settings that a patch makes, or everything that is wrong with them: name and rule of each, never a value. */
export function proposalOf(
  inForce: Config,
  patch: ConfigPatch,
  circumstances: Circumstances,
): Proposal | Refusal {
  const settings = patchedConfig(inForce, patch);
  const faults = [...settingFaults(settings), ...overrideFaults(inForce, settings, circumstances)];
  if (faults.length > 0) return new Refusal('BAD_INPUT', 'SETTINGS', faultsText(faults));
  const found = differences(inForce, settings);
  if (found.length === 0)
    return new Refusal('BAD_INPUT', 'NO_DIFFERENCE', 'The settings are so already: nothing would change.');
  return { settings, differences: found };
}

/**
 * Why settings that were fine when they were proposed cannot be put in force as things stand: others became effective meanwhile, an
 * override whose day has come or whose feature the live model lacks, an evaluation under way whose loss nobody accepted. The decisive
 * one first; none where they can.
 */
export function obstaclesTo(proposed: ProposedSettings, standing: Standing): readonly Refusal[] {
  const { base, settings, acceptsEvaluationLoss } = proposed;
  const { inForce, cutsEvaluation } = standing;
  if (inForce.number !== base) {
    const stale = `Settings ${inForce.number} became effective meanwhile, and the change was made from ${base}: amend it, so that its impact is worked out anew.`;
    return [new Refusal('CONFLICT', 'STALE', stale)];
  }
  const loss = judgeLoss(cutsEvaluation, acceptsEvaluationLoss);
  return [
    ...overrideFaults(inForce.settings, settings, standing).map(
      (fault) => new Refusal('INVALID_STATE', 'OBSTACLES', `${faultsText([fault])}.`),
    ),
    ...(loss === null ? [] : [loss]),
  ];
}

/** Refuses to cut an evaluation unless somebody accepts its loss. */
export function judgeLoss(cutsEvaluation: string | null, accepted: boolean): Refusal | null {
  if (cutsEvaluation === null || accepted) return null;
  const message = `${cutsEvaluation} Wait, or accept the loss (acceptsEvaluationLoss).`;
  return new Refusal('INVALID_STATE', 'EVALUATION_LOSS', message);
}

/** An override that is set must still hold tomorrow, and each that holds must be of a feature that the live model has. */
function overrideFaults(
  { overrides: before }: Config,
  { overrides }: Config,
  { today, features }: Circumstances,
): readonly SettingFault[] {
  return overrides.flatMap((override, index) => {
    const { feature } = override;
    const past = !holdsOn(override, today);
    if (past && !before.some((known) => same(known, override)))
      return [{ path: ['overrides', index, 'expires'], rule: 'must lie in the future' }];
    if (!past && features !== null && !features.includes(feature))
      return [{ path: ['overrides', index, 'feature'], rule: 'is not a feature of the live model' }];
    return [];
  });
}

/** The features of overrides that hold after a day and that a model does not have: a run with both could not be. */
export function unknownOverrides(
  overrides: readonly FeatureOverride[],
  features: readonly string[],
  today: IsoDate,
): readonly string[] {
  return overrides
    .filter((override) => holdsOn(override, today) && !features.includes(override.feature))
    .map(({ feature }) => feature);
}

function same(one: FeatureOverride, other: FeatureOverride): boolean {
  return (
    one.feature === other.feature &&
    one.value === other.value &&
    one.reason === other.reason &&
    one.expires === other.expires
  );
}

/** Faults of settings in one line: where, and which rule. */
export function faultsText(faults: readonly SettingFault[]): string {
  const name = (path: SettingFault['path']) =>
    path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return faults.map(({ path, rule }) => `${name(path).slice(1)}: ${rule}`).join('; ');
}

/**
 * What of the evaluation a change would cut, in words; null where the window is complete or has not begun.
 * @param since the first week that was decided by the settings in force, null where none was
 * @param week the week in which the change would take effect
 */
export function cutEvaluation(evaluationWeeks: number, since: IsoWeek | null, week: IsoWeek): string | null {
  if (since === null) return null;
  const passed = Math.max(0, weeksBetween(since, week));
  if (passed >= evaluationWeeks) return null;
  const until = addWeeks(since, evaluationWeeks - 1);
  return `Only ${passed} of ${evaluationWeeks} weeks have passed since ${since}: the window ${since} to ${until} is cut, and nothing of it can be evaluated.`;
}
