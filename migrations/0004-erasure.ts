import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** Pseudonyms of customers in the log, erasure on request and by age, and what is kept of what was erased. */
export class Erasure1792000000004 implements MigrationInterface {
  readonly name = 'Erasure1792000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0004-erasure.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
