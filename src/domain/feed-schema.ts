import type { FeedContract } from './feed-contract.ts';
import { forbiddenColumn, forbiddenValue } from './forbidden-data.ts';

/** What is wrong with the columns of a delivered file; nothing when they are exactly those of the contract. */
export interface SchemaFault {
  readonly check: 'FEED_FORBIDDEN' | 'FEED_SCHEMA';
  readonly field: string;
  readonly rule: string;
}

/** Judges a header line. Forbidden columns first: they may not even be named in a contract. */
export function judgeHeader(contract: FeedContract, header: readonly string[]): readonly SchemaFault[] {
  const known = new Set(contract.columns.map(({ name }) => name));
  const forbidden = header.flatMap((name, i): SchemaFault[] => {
    const kind = forbiddenColumn(name);
    const rule = `holds forbidden data: ${kind}`;
    return kind === null ? [] : [{ check: 'FEED_FORBIDDEN', field: shown(name, i), rule }];
  });
  const schema = (field: string, rule: string): SchemaFault => ({ check: 'FEED_SCHEMA', field, rule });
  if (!header.some((name) => known.has(name)))
    return [...forbidden, schema('header', 'names no column of the feed contract: it is missing')];
  return [
    ...forbidden,
    ...header.flatMap((name, i) => {
      if (header.indexOf(name) < i) return schema(shown(name, i), 'stands twice in the header');
      const is = known.has(name) || forbiddenColumn(name) !== null;
      return is ? [] : schema(shown(name, i), 'is not in the feed contract');
    }),
    ...[...known]
      .filter((name) => !header.includes(name))
      .map((name) => schema(name, 'is missing from the header')),
  ];
}

/** A column as its name where that is one, else by its place: what stands there may be somebody's data. */
function shown(name: string, index: number): string {
  const isName = /^[A-Za-z][A-Za-z0-9_ .-]{0,63}$/.test(name) && forbiddenValue(name) === null;
  return isName ? name : `column ${index + 1}`;
}
