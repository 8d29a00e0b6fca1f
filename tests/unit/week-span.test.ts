import { expect, it } from 'vitest';
import { RefusalError } from '../../src/domain/refusal.ts';
import { needSpan } from '../../src/domain/week-span.ts';

it.each([
  ['2026-W40', '2026-W40', null],
  ['2024-W01', '2025-W52', null],
  ['2024-W01', '2026-W01', 'WEEKS'],
  // Weeks near the end of what can be written.
  ['9999-W50', '9999-W52', null],
  ['2026-W41', '2026-W40', 'SPAN'],
])('from %s to %s: %s', (from, to, rule) => {
  const asked = () => needSpan({ from, to });
  if (rule === null) return expect(asked).not.toThrow();
  expect(asked).toThrow(RefusalError);
  expect(asked).toThrow(rule === 'SPAN' ? 'lies before' : 'ask for them in parts');
});
