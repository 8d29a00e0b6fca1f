import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** No change of an audited table without an audit entry of the same transaction. */
export class AuditedChanges1792000000005 implements MigrationInterface {
  readonly name = 'AuditedChanges1792000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0005-audited-changes.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
