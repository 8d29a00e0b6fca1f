/** A database transaction, as much of it as the log needs. Answers the rows of a select. */
export interface AuditTransaction {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

export type Row = Readonly<Record<string, unknown>>;

export async function selectRows(
  tx: AuditTransaction,
  sql: string,
  parameters: unknown[] = [],
): Promise<readonly Row[]> {
  const rows = await tx.query(sql, parameters);
  if (!Array.isArray(rows)) throw new TypeError('a select answers rows');
  return rows;
}

export function numberIn(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`${column} is not a number`);
  return value;
}

export function textIn(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`${column} is not a text`);
  return value;
}

export function bytesIn(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new TypeError(`${column} is not bytes`);
  return value;
}

export function instantIn(row: Row, column: string): Date {
  const value = row[column];
  if (!(value instanceof Date)) throw new TypeError(`${column} is not an instant`);
  return value;
}
