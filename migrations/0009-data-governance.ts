import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** Data uses in both languages, incidents of what they no longer cover, changes of the feed contract. */
export class DataGovernance1792000000009 implements MigrationInterface {
  readonly name = 'DataGovernance1792000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0009-data-governance.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
