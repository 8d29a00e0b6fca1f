import type { RuleOutcome } from '../domain/explanation.ts';
import type { Explanation } from '../use-cases/read-explanation.ts';
import { textTable } from './text-table.ts';

const MARK = { PASS: 'ok', FAIL: 'NO', NOT_JUDGED: '-' } as const satisfies Record<
  RuleOutcome['verdict'],
  string
>;

/** Every rule with value and limit, and every contribution to the score, as tables for a terminal. */
export function explanationTables({ facts, recorded, words }: Explanation): string {
  const version = `config version ${recorded.config.number}`;
  const rules = facts.rules.map(({ rule, value, limit, verdict, setting }) => [
    MARK[verdict],
    rule,
    shown(value),
    shown(limit),
    setting ? version : '',
  ]);
  const contributions = words.contributions.map(({ label, display, contribution, parts }) => [
    contribution.toFixed(4),
    label,
    display,
    parts.map((part) => `${part.label} ${part.display}`).join(', '),
  ]);
  const { attribution } = facts;
  const tables = [textTable(['', 'rule', 'value', 'limit', 'set by'], rules)];
  if (attribution !== null) {
    tables.push(
      textTable(
        ['share', 'feature', 'value', 'from'],
        [[attribution.baseline.toFixed(4), `baseline (${attribution.method})`, '', ''], ...contributions],
      ),
    );
  }
  return tables.join('\n\n');
}

function shown(value: RuleOutcome['value']): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return Number.isInteger(value) ? String(value) : value.toFixed(4);
}
