import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACTION_NEEDS, type AuditAction, missingFrom } from '../../../src/audit/action.ts';

const ACTIONS = Object.keys(ACTION_NEEDS) as AuditAction[];
const SRC = join(import.meta.dirname, '../../../src');

/** Every action that the code records, by its text: the compiler sees to it that there are no others than those of ACTION_NEEDS. */
function recordedActions(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const folder of ['use-cases', 'jobs', 'resolvers']) {
    for (const name of readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts') || name.startsWith('verify-record')) continue;
      const text = readFileSync(join(SRC, folder, name), 'utf8');
      for (const [, action = ''] of text.matchAll(
        /(?:action|RECEIVE|DECIDE|EXPLAIN|CHALLENGE|DRAW): '([a-zA-Z]+\.[a-zA-Z]+)'/g,
      ))
        found.add(action);
    }
  }
  return found;
}

it('knows what is recorded, and nothing else', () => {
  expect([...recordedActions()].toSorted()).toEqual(ACTIONS.toSorted());
});

describe.each(ACTIONS)('an entry of %s', (action) => {
  const needs: readonly string[] = ACTION_NEEDS[action];
  const details = Object.fromEntries(needs.map((need) => [need, null]));
  const whole = { campaign: 'small', subject: 's', digest: `sha256:${'0'.repeat(64)}`, details };

  it('says something beside who and when', () => {
    expect(needs.length).toBeGreaterThan(0);
    expect(new Set(needs).size).toBe(needs.length);
    expect(missingFrom(action, whole)).toEqual([]);
  });

  it.each(needs)('needs its %s', (need) => {
    const { [need]: _, ...others } = details;
    const without = { ...whole, details: others, ...(need in whole ? { [need]: null } : {}) };
    expect(missingFrom(action, without)).toEqual([need]);
  });

  it('says of an act that was done before only that', () => {
    expect(missingFrom(action, { campaign: null, subject: null, details: { again: true } })).toEqual([]);
    expect(missingFrom(action, { campaign: null, subject: null, details: { again: false } })).toEqual(needs);
  });
});
