import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** Why decisions fell as they did. */
export class Explanation1792000000007 implements MigrationInterface {
  readonly name = 'Explanation1792000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0007-explanation.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
