import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSql } from './read-sql.ts';

/** The engine's switch, and batches that are drawn while it is off. */
export class EnginePause1792000000014 implements MigrationInterface {
  readonly name = 'EnginePause1792000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(readSql('0014-engine-pause.sql'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward: restore a backup instead.');
  }
}
