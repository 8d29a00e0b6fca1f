import { expect, it } from 'vitest';
import { countsByWeek } from '../../src/domain/training-table.ts';

it.each([
  ['as it mostly comes', 'week,age,label\n2026-W02,30,1\n2026-W01,40,0\n2026-W02,50,0\n'],
  ['with names in quotes', '"week","age","label"\n2026-W02,30,1\n2026-W01,40,0\n2026-W02,50,0'],
  [
    'of Windows, with a mark',
    '\uFEFFweek,age,label\r\n2026-W02,30,1.0\r\n2026-W01,40,0\r\n2026-W02,50,0\r\n',
  ],
])('rows and conversions of a training table are counted by week: %s', (_, csv) => {
  expect(countsByWeek(csv)).toEqual([
    { week: '2026-W01', rows: 1, converted: 0 },
    { week: '2026-W02', rows: 2, converted: 1 },
  ]);
});
