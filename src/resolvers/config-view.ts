import { LIMITED_CHECKS, NEVER } from '../domain/campaign.ts';
import { DEFAULT_GATE_LIMITS, LIMITED_MEASURES } from '../domain/gates/gate-limits.ts';
import type { ConfigVersion } from '../schema/config-version.type.ts';
import type { ConfigVersionRow } from '../store/config-version.row.ts';

/** Settings as the API shows them: every limited check and every limited measure of a gate with its limits. */
export function configView({ id, number, digest, effectiveFrom, settings }: ConfigVersionRow): ConfigVersion {
  const limits = LIMITED_CHECKS.map((check) => ({ check, ...(settings.limits[check] ?? NEVER) }));
  const { gates = DEFAULT_GATE_LIMITS } = settings;
  const gateLimits = LIMITED_MEASURES.map((measure) => ({ measure, ...gates[measure] }));
  return { ...settings, id, number, digest, effectiveFrom, limits, gateLimits };
}
