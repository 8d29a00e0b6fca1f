import { Foundation1792000000001 } from './0001-foundation.ts';
import { Audit1792000000002 } from './0002-audit.ts';
import { JobQueue1792000000003 } from './0003-job-queue.ts';
import { Erasure1792000000004 } from './0004-erasure.ts';

/** All migrations in their order. One that has landed is never edited. */
export const MIGRATIONS = [
  Foundation1792000000001,
  Audit1792000000002,
  JobQueue1792000000003,
  Erasure1792000000004,
] as const;
