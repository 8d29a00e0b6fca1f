import { cancellation } from '../domain/refusal.ts';

/** What went wrong with work under way, for the resolver to throw: thrown by the source itself it would not reach the client. */
export class Failure {
  constructor(readonly error: unknown) {}
}

/**
 * Work as a subscription takes it: ended by its signal as soon as the client leaves, and not only once it has the next thing. Refuses
 * here what the work refuses at its beginning.
 */
export async function streamOf<Thing>(
  begin: (signal: AbortSignal) => AsyncGenerator<Thing, undefined>,
): Promise<AsyncIterableIterator<Thing | Failure>> {
  const left = new AbortController();
  const work = begin(left.signal);
  const first = await work.next();
  const waiting = [first];
  const stream: AsyncIterableIterator<Thing | Failure> = {
    [Symbol.asyncIterator]() {
      return stream;
    },
    async next() {
      try {
        return waiting.pop() ?? (await work.next());
      } catch (error) {
        // Nobody is there to be told.
        if (left.signal.aborted) return { done: true, value: undefined };
        return { done: false, value: new Failure(error) };
      }
    },
    async return() {
      left.abort(cancellation());
      return work.return(undefined);
    },
  };
  return stream;
}
