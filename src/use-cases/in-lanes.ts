/**
 * Works on things some at a time and answers in their order; at most `lanes` are under way or wait to be taken. Where somebody
 * leaves early or a work fails, the others are told by their signal, and waited for.
 */
export async function* inLanes<Thing, Result>(
  things: readonly Thing[],
  lanes: number,
  signal: AbortSignal,
  work: (thing: Thing, signal: AbortSignal) => Promise<Result>,
): AsyncGenerator<Result> {
  const leaving = new AbortController();
  const ending = AbortSignal.any([signal, leaving.signal]);
  const underWay: Promise<Result>[] = [];
  let begun = 0;
  const begin = () => {
    for (const thing of things.slice(begun, begun + lanes - underWay.length)) {
      const result = work(thing, ending);
      // A failure is met where its turn comes, or not at all when one before it failed.
      result.catch(() => {});
      underWay.push(result);
      begun++;
    }
  };
  try {
    for (begin(); underWay[0] !== undefined; begin()) {
      const result = await underWay[0];
      underWay.shift();
      begin();
      yield result;
    }
  } finally {
    leaving.abort();
    await Promise.allSettled(underWay);
  }
}
