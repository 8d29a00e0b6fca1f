import { LIMITED_CHECKS } from '../domain/campaign.ts';
import type { ConfigVersion } from '../schema/config-version.type.ts';
import type { ConfigVersionRow } from '../store/config-version.row.ts';

/** Settings as the API shows them: every limited check with its limits. */
export function configView({ id, number, digest, effectiveFrom, settings }: ConfigVersionRow): ConfigVersion {
  const limits = LIMITED_CHECKS.map((check) => ({ check, ...settings.limits[check] }));
  return { ...settings, id, number, digest, effectiveFrom, limits };
}
