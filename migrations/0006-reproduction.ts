import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** Past runs executed again, and what came of it. */
export class Reproduction1792000000006 implements MigrationInterface {
  readonly name = 'Reproduction1792000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0006-reproduction.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
