import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** Ids of customers are judged faster. */
export class CustomerId1792000000022 implements MigrationInterface {
  readonly name = 'CustomerId1792000000022';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0022-customer-id.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
