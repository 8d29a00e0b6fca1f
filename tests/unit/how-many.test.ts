import { expect, it } from 'vitest';
import { howMany } from '../../src/domain/how-many.ts';

it.each([
  [0, '0 checkpoints'],
  [1, '1 checkpoint'],
  [1204, '1,204 checkpoints'],
])('%i is %s', (count, words) => {
  expect(howMany(count, 'checkpoint')).toBe(words);
});

it('says the plural that it is given', () => {
  expect([howMany(1, 'entry', 'entries'), howMany(2, 'entry', 'entries')]).toEqual(['1 entry', '2 entries']);
});
