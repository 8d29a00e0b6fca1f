import type { Rule, RuleOutcome } from './explanation.ts';
import type { ExplanationWriter } from './explanation-writer.ts';

type Comparison = 'equals' | 'least' | 'most' | 'more' | 'drawn';
type Shape = 'years' | 'days' | 'mails' | 'score' | 'whole' | 'share';

/** How rules that are no flags compare what they see with their limit, and in what it is measured. */
const COMPARED: Readonly<Partial<Record<Rule, readonly [Comparison, Shape]>>> = {
  UNDER_AGE: ['least', 'years'],
  IN_FLOW: ['more', 'days'],
  RECENTLY_MAILED: ['least', 'days'],
  CONTACT_PRESSURE: ['most', 'mails'],
  THRESHOLD: ['least', 'score'],
  CAPACITY: ['most', 'whole'],
  HOLDOUT: ['least', 'share'],
};
const SELECTION: ReadonlySet<Rule> = new Set<Rule>(['THRESHOLD', 'CAPACITY', 'HOLDOUT', 'EXPLORATION']);

/** A line for each rule that failed, and for each of the selection that was judged: what it saw, its limit, where that came from. */
export function decidingRules(writer: ExplanationWriter): readonly string[] {
  const { rules } = writer.explained.facts;
  return rules.flatMap((one, at) => {
    // Of the rules with two limits the lower one, or that of the day, comes first.
    const second = rules.findIndex(({ rule }) => rule === one.rule) < at;
    const decided = one.verdict === 'FAIL' || (SELECTION.has(one.rule) && one.verdict === 'PASS');
    return decided ? [line(writer, one, second)] : [];
  });
}

function line(
  writer: ExplanationWriter,
  { rule, value, limit, setting }: RuleOutcome,
  second: boolean,
): string {
  const [comparison, shape] = comparisonOf(rule, second);
  const measured = (what: RuleOutcome['value']): string => {
    if (what === null) return writer.say('internal.rule.absent');
    if (typeof what === 'boolean') return writer.say(what ? 'display.yes' : 'display.no');
    return writer.say(`display.${shape}`, { value: what });
  };
  const said = { name: writer.say(`internal.ruleName.${nameOf(rule, second)}`), value: measured(value) };
  if (comparison === 'drawn') return writer.say('internal.rule.drawn', said);
  const origin = setting
    ? writer.say('internal.rule.setting', { config: String(writer.explained.config.number) })
    : writer.say('internal.rule.fixed');
  return writer.say(`internal.rule.${comparison}`, { ...said, limit: measured(limit), origin });
}

function comparisonOf(rule: Rule, second: boolean): readonly [Comparison, Shape] {
  if (rule === 'AGE_OUT_OF_RANGE') return [second ? 'most' : 'least', 'years'];
  return COMPARED[rule] ?? [rule === 'EXPLORATION' ? 'drawn' : 'equals', 'whole'];
}

function nameOf(rule: Rule, second: boolean): string {
  if (rule !== 'CONTACT_PRESSURE') return rule;
  return second ? 'CONTACT_PRESSURE_FORTNIGHT' : 'CONTACT_PRESSURE_DAY';
}
