import { expect, it } from 'vitest';
import { Pace } from '../../src/domain/pace.ts';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000);

it('lets each do so much within any minute, and no more', () => {
  const pace = new Pace(2);
  expect([pace.take('a', at(0)), pace.take('a', at(30)), pace.take('a', at(59))]).toEqual([
    true,
    true,
    false,
  ]);
  expect(pace.take('b', at(59))).toBe(true);
  // What was refused does not count.
  expect([pace.take('a', at(60)), pace.take('a', at(61)), pace.take('a', at(90))]).toEqual([
    true,
    false,
    true,
  ]);
});

it('starts anew for who did nothing for a minute', () => {
  const pace = new Pace(1);
  expect(pace.take('a', at(0))).toBe(true);
  expect(pace.take('b', at(200))).toBe(true);
  expect(pace.take('a', at(200))).toBe(true);
  expect(pace.take('a', at(201))).toBe(false);
});
