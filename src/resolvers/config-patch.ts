import { LIMITED_CHECKS } from '../domain/campaign.ts';
import type { ConfigPatch } from '../domain/config-patch.ts';
import { LIMITED_MEASURES } from '../domain/gates/gate-limits.ts';
import { refuse } from '../domain/refusal.ts';
import type { ConfigPatchInput } from '../schema/config-patch.input.ts';

/** The settings that can be taken away by null. */
const REMOVABLE: readonly string[] = ['marketWeekBand', 'marketMonthBand'];

/** A patch as the API is given it. Refuses BAD_INPUT where a setting cannot be what it says. */
export function configPatch(input: ConfigPatchInput): ConfigPatch {
  const { limits, gateLimits, ...settings } = input;
  const checks = limits?.map(({ check, ...values }) => [check, values] as const);
  const measures = gateLimits?.map(({ measure, ...values }) => [measure, values] as const);
  return {
    ...(settingsOf(settings) as ConfigPatch),
    ...(checks === undefined ? {} : { limits: byName('limits', LIMITED_CHECKS, checks) }),
    ...(measures === undefined ? {} : { gates: byName('gateLimits', LIMITED_MEASURES, measures) }),
  };
}

/** The single settings that are given, as plain values. */
function settingsOf(settings: object): object {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (value === null && !REMOVABLE.includes(name))
      refuse('BAD_INPUT', 'SETTINGS', `${name}: must not be null; leave it out to keep it.`);
  }
  return Object.fromEntries(given.map(([name, value]) => [name, plain(value)]));
}

/** Inputs of the API are instances of classes; settings are plain values, without what was left out. */
function plain<Value>(value: Value): Value {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}

/** Limits by their name, of which each is named once. */
function byName<Name extends string, Limits>(
  field: string,
  names: readonly Name[],
  given: readonly (readonly [name: string, limits: Limits])[],
): { readonly [N in Name]?: Limits } {
  const found: { [N in Name]?: Limits } = {};
  for (const [said, limits] of given) {
    const name = names.find((known) => known === said);
    if (name === undefined)
      return refuse('BAD_INPUT', 'SETTINGS', `${field}: a name is one of ${names.join(', ')}.`);
    if (found[name] !== undefined)
      return refuse('BAD_INPUT', 'SETTINGS', `${field}: ${name} is there twice.`);
    found[name] = plain(limits);
  }
  return found;
}
