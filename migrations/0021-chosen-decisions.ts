import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** The few decisions of a run that choose somebody are found by an index of their own. */
export class ChosenDecisions1792000000021 implements MigrationInterface {
  readonly name = 'ChosenDecisions1792000000021';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0021-chosen-decisions.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
