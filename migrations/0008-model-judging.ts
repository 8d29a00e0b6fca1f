import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** Models are judged after they were registered. */
export class ModelJudging1792000000008 implements MigrationInterface {
  readonly name = 'ModelJudging1792000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0008-model-judging.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
