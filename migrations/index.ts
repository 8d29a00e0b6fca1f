import { Foundation1792000000001 } from './0001-foundation.ts';

/** All migrations in their order. One that has landed is never edited. */
export const MIGRATIONS = [Foundation1792000000001] as const;
