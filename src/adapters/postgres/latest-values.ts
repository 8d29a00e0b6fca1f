/**
 * The values that were pushed and not yet taken, the latest one a key: whoever is slow misses what lies between, and
 * nothing piles up. Ends when whoever iterates does.
 */
export class LatestValues<T> implements AsyncIterableIterator<T> {
  readonly #waiting = new Map<string, T>();
  readonly #takers: ((result: IteratorResult<T>) => void)[] = [];
  readonly #onEnd: () => void;
  #ended = false;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  push(key: string, value: T): void {
    if (this.#ended) return;
    const taker = this.#takers.shift();
    if (taker === undefined) this.#waiting.set(key, value);
    else taker({ done: false, value });
  }

  next(): Promise<IteratorResult<T>> {
    for (const [key, value] of this.#waiting) {
      this.#waiting.delete(key);
      return Promise.resolve({ done: false, value });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  return(): Promise<IteratorResult<T>> {
    this.#ended = true;
    this.#waiting.clear();
    for (const taker of this.#takers.splice(0)) taker({ done: true, value: undefined });
    this.#onEnd();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
