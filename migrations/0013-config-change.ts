import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** Config changes, and four eyes where the database can see to it. */
export class ConfigChange1792000000013 implements MigrationInterface {
  readonly name = 'ConfigChange1792000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0013-config-change.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
