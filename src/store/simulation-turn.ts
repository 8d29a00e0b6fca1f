import type { QueryRunner } from 'typeorm';
import { Refusal } from '../domain/refusal.ts';
import type { Database } from './transaction.ts';

/** Simulations that are under way at once, in all processes that share the database. */
const AT_ONCE = 2;

/**
 * The right to replay weeks: a person has one at a time, and so many have one at once, in whatever process. It is held by locks of a
 * connection, so that it ends with the process that has it. Whoever takes one disposes of it.
 */
export class SimulationTurn implements AsyncDisposable {
  private constructor(private readonly connection: QueryRunner) {}

  /** Answers at once: a turn, or why there is none. */
  static async take(db: Database, person: string): Promise<SimulationTurn | Refusal> {
    await using unless = new AsyncDisposableStack();
    const turn = unless.use(new SimulationTurn(db.createQueryRunner()));
    if (!(await turn.#lock(`simulation of ${person}`)))
      return new Refusal(
        'LIMIT_EXCEEDED',
        'ONE_SIMULATION',
        'You have a simulation under way; let it end, or cancel it.',
      );
    for (let slot = 0; slot < AT_ONCE; slot++) {
      if (await turn.#lock(`simulation ${slot}`)) {
        unless.move();
        return turn;
      }
    }
    return new Refusal(
      'LIMIT_EXCEEDED',
      'SIMULATIONS',
      `${AT_ONCE} simulations are under way already; try again in a while.`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.connection.query('select pg_advisory_unlock_all()');
    } finally {
      await this.connection.release();
    }
  }

  async #lock(name: string): Promise<boolean> {
    const [found]: { held: boolean }[] = await this.connection.query(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as held',
      [name],
    );
    return found?.held === true;
  }
}
