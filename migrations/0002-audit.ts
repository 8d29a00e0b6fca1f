import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** The audit log: staged and logged entries, the tree's hashes, the signed checkpoints. */
export class Audit1792000000002 implements MigrationInterface {
  readonly name = 'Audit1792000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0002-audit.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
