import { expect, test } from 'vitest';
import { finiteNumber, readNumberTable } from '../../../src/adapters/package/number-table.ts';

test.each<[string, number]>([
  ['1', 1],
  ['-1.', -1],
  ['+.5', 0.5],
  ['1e-3', 0.001],
  ['007.250', 7.25],
])('%s is a number', (cell, value) => expect(finiteNumber(cell)).toBe(value));

test.each(['', '.', '-', '1e', '1.2.3', '0x1', '1_000', '1,5', ' 1', '1e39', 'Infinity', 'NaN', '１'])(
  '%j is none',
  (cell) => expect(finiteNumber(cell)).toBe('must be a finite number'),
);

// One pattern tried each digit in two places: minutes for this line.
test('a cell of a million digits is refused', async () => {
  const line = `${'9'.repeat(10 ** 6)}x`;
  const { faults } = await readNumberTable('a.csv', Buffer.from(`a\n${line}\n`), ['a'], [finiteNumber]);
  expect(faults).toEqual([{ file: 'a.csv', line: 2, field: 'a', rule: 'must be a finite number' }]);
});
