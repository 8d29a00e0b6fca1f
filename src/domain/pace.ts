const MINUTE_MS = 60_000;

/** How much each may do within a minute, counted in this process alone. */
export class Pace {
  readonly #done = new Map<string, readonly number[]>();
  #sweptAt = 0;

  constructor(readonly perMinute: number) {}

  /** Whether `who` may do it once more; then it counts. */
  take(who: string, now: Date): boolean {
    const at = now.getTime();
    this.#sweep(at);
    const recent = (this.#done.get(who) ?? []).filter((one) => one > at - MINUTE_MS);
    if (recent.length >= this.perMinute) return false;
    this.#done.set(who, [...recent, at]);
    return true;
  }

  /** Lets go of those who did nothing for a minute. */
  #sweep(at: number): void {
    if (at - this.#sweptAt < MINUTE_MS) return;
    this.#sweptAt = at;
    for (const [who, done] of this.#done) {
      if ((done.at(-1) ?? 0) <= at - MINUTE_MS) this.#done.delete(who);
    }
  }
}
