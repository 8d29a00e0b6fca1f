import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** The working state: campaigns, runs, batches, flows, incidents. */
export class Foundation1792000000001 implements MigrationInterface {
  readonly name = 'Foundation1792000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0001-foundation.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
