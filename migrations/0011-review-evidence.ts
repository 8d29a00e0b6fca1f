import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** Incidents of reviews that look like rubber-stamping. */
export class ReviewEvidence1792000000011 implements MigrationInterface {
  readonly name = 'ReviewEvidence1792000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0011-review-evidence.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
