import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/**
 * Which part of a list is read: `first` rows after the one with the key `after`, texts as a cursor keeps them. Reads answer
 * one row more when there is one, which tells that the list goes on.
 */
export interface Slice {
  readonly first: number;
  readonly after: readonly string[] | null;
}

/** Adds ` and (columns) < (key)` for the rows after a key, in a list that goes down, or `>` in one that goes up. */
export function afterKey(
  columns: readonly (readonly [column: string, type: string])[],
  direction: '<' | '>',
  after: Slice['after'],
  parameters: unknown[],
): string {
  if (after === null) return '';
  const key = columns.map(([, type], part) => `$${parameters.push(after[part])}::${type}`);
  return ` and (${columns.map(([column]) => column).join(', ')}) ${direction} (${key.join(', ')})`;
}

/**
 * Reads a slice of a list that goes down by two columns, the key: of a query of properties, `batch.createdAt`, without an order.
 */
export async function readDown<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  [major, minor]: readonly [major: string, minor: string],
  { first, after }: Slice,
): Promise<readonly Row[]> {
  if (after !== null) {
    const [majorAfter, minorAfter] = after;
    query.andWhere(`(${major}, ${minor}) < (:majorAfter, :minorAfter)`, { majorAfter, minorAfter });
  }
  return query
    .orderBy(major, 'DESC')
    .addOrderBy(minor, 'DESC')
    .limit(first + 1)
    .getMany();
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text can be the id of a thing; PostgreSQL fails on one that cannot. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
