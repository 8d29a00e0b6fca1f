import type { Database } from '../store/transaction.ts';

/**
 * Things of the record at hand in this process, by an id under which they never change (the id of a run that decided, a digest), so
 * that nothing ever has to be forgotten but for room: the oldest goes.
 */
export class Kept<Thing> {
  readonly #things = new WeakMap<Database, Map<string, Thing>>();

  /** @param most how many are kept of a database */
  constructor(private readonly most: number) {}

  async of(db: Database, id: string, read: () => Promise<Thing>): Promise<Thing> {
    const kept = this.#things.get(db) ?? new Map<string, Thing>();
    this.#things.set(db, kept);
    const known = kept.get(id);
    if (known !== undefined) return known;
    const thing = await read();
    const [oldest] = kept.keys();
    if (kept.size >= this.most && oldest !== undefined) kept.delete(oldest);
    kept.set(id, thing);
    return thing;
  }
}
