import { type Band, type Config, LIMITED_CHECKS, type Limit, type LimitedCheck } from './campaign.ts';

/** What a config change sets; what it leaves out stays as it is. Lists are replaced whole, limits value by value. */
export type ConfigPatch = Partial<Omit<Config, 'limits'>> & {
  readonly limits?: { readonly [Check in LimitedCheck]?: Partial<Limit> };
};

/** A setting in words, before and after a change. */
export interface Difference {
  /** The setting; of limits, overrides and other groups with the part that changed, `limits.DRIFT.halt`. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** The settings with a patch applied. They are not judged here. */
export function patchedConfig(config: Config, { limits = {}, ...settings }: ConfigPatch): Config {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  const merged = LIMITED_CHECKS.map((check) => [check, limitOf(config.limits[check], limits[check])]);
  return { ...config, ...Object.fromEntries(given), limits: Object.fromEntries(merged) };
}

function limitOf(limit: Limit, { warn = limit.warn, halt = limit.halt }: Partial<Limit> = {}): Limit {
  return { warn, halt };
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
function shownSettings({ overrides, limits, marketWeekBand, marketMonthBand, ...plain }: Config) {
  return [
    ...Object.entries(plain).map(([name, value]) => [name, String(value)] as const),
    ['marketWeekBand', bandText(marketWeekBand)] as const,
    ['marketMonthBand', bandText(marketMonthBand)] as const,
    ...overrides.map(
      ({ feature, value, reason, expires }) =>
        [`overrides.${feature}`, `${value} until ${expires}: ${reason}`] as const,
    ),
    ...LIMITED_CHECKS.flatMap((check) => [
      [`limits.${check}.warn`, limitText(limits[check].warn)] as const,
      [`limits.${check}.halt`, limitText(limits[check].halt)] as const,
    ]),
  ];
}

function bandText(band: Band | null): string {
  return band === null ? NOTHING : `${band.min} to ${band.max}`;
}

function limitText(limit: number | null): string {
  return limit === null ? 'never' : String(limit);
}
