import {
  type Band,
  type Config,
  LIMITED_CHECKS,
  type Limit,
  type LimitedCheck,
  type Limits,
  NEVER,
} from './campaign.ts';
import {
  DEFAULT_GATE_LIMITS,
  type GateLimit,
  LIMITED_MEASURES,
  type LimitedMeasure,
} from './gates/gate-limits.ts';

/** Values of a group, each of which may be left out. */
type Some<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** What a config change sets; what it leaves out stays as it is. Lists are replaced whole, limits value by value. */
export type ConfigPatch = Some<Omit<Config, 'limits' | 'gates'>> & {
  readonly limits?: Some<Record<LimitedCheck, Some<Limit>>> | undefined;
  readonly gates?: Some<Record<LimitedMeasure, Some<GateLimit>>> | undefined;
};

/** A setting in words, before and after a change. */
export interface Difference {
  /** The setting; of limits, overrides and other groups with the part that changed, `limits.DRIFT.halt`. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** The settings with a patch applied. They are not judged here (settingFaults). */
export function patchedConfig(config: Config, { limits, gates, ...settings }: ConfigPatch): Config {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  const { gates: held } = config;
  return {
    ...config,
    ...Object.fromEntries(given),
    limits: merged(namedLimits(config.limits, limits ?? {}), limits ?? {}),
    // Settings without limits of gates stay without, and keep their digest.
    ...(held || gates ? { gates: merged(held ?? DEFAULT_GATE_LIMITS, gates ?? {}) } : {}),
  };
}

/** The limits with those that a patch names for the first time; what neither names stays away, and the digest as it is. */
function namedLimits(limits: Limits, patch: NonNullable<ConfigPatch['limits']>): Limits {
  const first = LIMITED_CHECKS.filter((check) => limits[check] === undefined && patch[check] !== undefined);
  return { ...limits, ...Object.fromEntries(first.map((check) => [check, NEVER])) };
}

/** Limits of which single values are set anew. */
function merged<Group extends object>(
  limits: Group,
  patch: { readonly [Name in keyof Group]?: object | undefined },
): Group {
  const result = { ...limits };
  for (const name of Object.keys(limits) as (keyof Group)[]) {
    const given = Object.entries(patch[name] ?? {}).filter(([, value]) => value !== undefined);
    result[name] = { ...limits[name], ...Object.fromEntries(given) };
  }
  return result;
}

/** What differs between two settings of a campaign, in the order of the settings; of overrides by feature. */
export function differences(before: Config, after: Config): readonly Difference[] {
  const was = new Map(shownSettings(before));
  const is = new Map(shownSettings(after));
  const fields = [...new Set([...was.keys(), ...is.keys()])];
  return fields.flatMap((field) => {
    const [from, to] = [was.get(field) ?? NOTHING, is.get(field) ?? NOTHING];
    return from === to ? [] : [{ field, before: from, after: to }];
  });
}

const NOTHING = 'none';

/** Every single setting by its name, in words. */
function shownSettings({ overrides, limits, gates, marketWeekBand, marketMonthBand, ...plain }: Config) {
  const judged = gates ?? DEFAULT_GATE_LIMITS;
  return [
    ...Object.entries(plain).map(([name, value]) => [name, String(value)] as const),
    ['marketWeekBand', bandText(marketWeekBand)] as const,
    ['marketMonthBand', bandText(marketMonthBand)] as const,
    ...overrides.map(
      ({ feature, value, reason, expires }) =>
        [`overrides.${feature}`, `${value} until ${expires}: ${reason}`] as const,
    ),
    ...LIMITED_CHECKS.flatMap((check) => limitTexts(`limits.${check}`, limits[check] ?? NEVER)),
    ...LIMITED_MEASURES.flatMap((measure) => limitTexts(`gates.${measure}`, judged[measure])),
  ];
}

function limitTexts(group: string, limit: Limit | GateLimit) {
  return Object.entries(limit).map(
    ([name, value]) => [`${group}.${name}`, value === null ? 'never' : String(value)] as const,
  );
}

function bandText(band: Band | null): string {
  return band === null ? NOTHING : `${band.min} to ${band.max}`;
}
