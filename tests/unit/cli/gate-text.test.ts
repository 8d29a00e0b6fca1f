import { expect, test } from 'vitest';
import { gateText } from '../../../src/cli/gate-text.ts';
import { figure } from '../../../src/domain/model-gate.ts';

const judged = { acceptedBy: null, acceptance: null };
const GATES = [
  { name: 'CARD', verdict: 'PASS', measured: 'complete', limit: 'all', message: 'It says all.', ...judged },
  {
    name: 'BACKTEST',
    verdict: 'WARN',
    measured: '5.00 × in 2024-W10',
    limit: 'warn above 4 ×, fail above 8 ×',
    message: 'One week stands out.',
    figures: [
      figure(
        'weekly volumes',
        'week',
        ['rows', 'multiple'],
        [
          ['2024-W09', 120, null],
          ['2024-W10', 80, 5],
        ],
      ),
    ],
    ...judged,
  },
] as const;

test('a line for each gate, the reason where one does not pass', () => {
  expect(gateText(GATES, false)).toBe(
    `  PASS  CARD          It says all.
  WARN  BACKTEST      One week stands out.
                      measured: 5.00 × in 2024-W10; limit: warn above 4 ×, fail above 8 ×`,
  );
});

test('the figures of every gate as tables, if asked for', () => {
  expect(gateText(GATES, true).split('\n').slice(3)).toEqual([
    '',
    'weekly volumes',
    'week      rows  multiple',
    '2024-W09  120',
    '2024-W10  80    5',
    '',
  ]);
});
