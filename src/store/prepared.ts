import type { PoolClient, QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';

/** A statement under a name: each connection of the pool parses and plans it once. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** The rows of a prepared statement in a transaction: for the reads of which many come a second. */
export async function queryPrepared<Row extends QueryResultRow>(
  tx: EntityManager,
  { name, text }: Statement,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  if (tx.queryRunner === undefined) throw new Error('a prepared statement needs a transaction');
  const client: PoolClient = await tx.queryRunner.connect();
  const { rows } = await client.query<Row>({ name, text, values: [...values] });
  return rows;
}
