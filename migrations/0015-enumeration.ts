import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** Incidents of those who open many customers. */
export class Enumeration1792000000015 implements MigrationInterface {
  readonly name = 'Enumeration1792000000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0015-enumeration.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
