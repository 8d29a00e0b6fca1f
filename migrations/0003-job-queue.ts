import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** The job queue in a schema of its own, and what became of every scheduled start. */
export class JobQueue1792000000003 implements MigrationInterface {
  readonly name = 'JobQueue1792000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0003-pg-boss.sql'));
    await runner.query(readSql('0003-job-queue.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
