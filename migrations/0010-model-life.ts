import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** The life of model versions, and challengers. */
export class ModelLife1792000000010 implements MigrationInterface {
  readonly name = 'ModelLife1792000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0010-model-life.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
