import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** How the rows of a run are loaded and keyed. */
export class PartitionKeys1792000000020 implements MigrationInterface {
  readonly name = 'PartitionKeys1792000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0020-partition-keys.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
