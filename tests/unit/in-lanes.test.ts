import { describe, expect, it } from 'vitest';
import { inLanes } from '../../src/use-cases/in-lanes.ts';

const never = new AbortController().signal;

async function all<Thing>(things: AsyncGenerator<Thing>): Promise<Thing[]> {
  const found: Thing[] = [];
  for await (const thing of things) found.push(thing);
  return found;
}

describe('work in lanes', () => {
  it('answers in order, and has no more under way than there are lanes', async () => {
    let underWay = 0;
    let most = 0;
    const turns = [3, 1, 0, 2, 0, 1];
    const answers = await all(
      inLanes(turns, 2, never, async (turn) => {
        most = Math.max(most, ++underWay);
        for (let wait = 0; wait < turn; wait++) await Promise.resolve();
        underWay--;
        return turn;
      }),
    );
    expect({ answers, most }).toEqual({ answers: turns, most: 2 });
  });

  it('tells the others when one fails, and waits for them', async () => {
    const ended: number[] = [];
    const work = inLanes([1, 2, 3], 2, never, async (thing, signal) => {
      if (thing === 1) throw new Error('one');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended.push(thing);
    });
    await expect(all(work)).rejects.toThrow('one');
    expect(ended).toEqual([2]);
  });

  it('is told by the signal why it ends', async () => {
    const cancel = new AbortController();
    const work = inLanes([1, 2], 1, cancel.signal, async (thing, signal) => {
      if (thing === 2) cancel.abort(new Error('enough'));
      signal.throwIfAborted();
      return thing;
    });
    expect((await work.next()).value).toBe(1);
    await expect(work.next()).rejects.toThrow('enough');
  });
});
