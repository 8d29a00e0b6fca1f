import { type Band, type Config, LIMITED_CHECKS, type Limit, type LimitedCheck } from './campaign.ts';
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
    limits: merged(config.limits, limits ?? {}),
    // Settings without limits of gates stay without, and keep their digest.
    ...(held || gates ? { gates: merged(held ?? DEFAULT_GATE_LIMITS, gates ?? {}) } : {}),
  };
}

/** Limits of which single values are set anew. */
function merged<Name extends string, L extends object>(
  limits: Readonly<Record<Name, L>>,
  patch: Some<Record<Name, Some<L>>>,
): Readonly<Record<Name, L>> {
  const result: Record<Name, L> = { ...limits };
  for (const name of Object.keys(limits) as Name[]) {
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
    ...LIMITED_CHECKS.flatMap((check) => limitTexts(`limits.${check}`, limits[check])),
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
