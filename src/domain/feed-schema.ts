import type { FeedContract } from './feed-contract.ts';
import { forbiddenColumn } from './forbidden-data.ts';

/** What is wrong with the columns of a delivered file; nothing when they are exactly those of the contract. */
export interface SchemaFault {
  readonly check: 'FEED_FORBIDDEN' | 'FEED_SCHEMA';
  readonly field: string;
  readonly rule: string;
}

/** Judges a header line. Forbidden columns first: they may not even be named in a contract. */
export function judgeHeader(contract: FeedContract, header: readonly string[]): readonly SchemaFault[] {
  const faults: SchemaFault[] = [];
  const known = new Set(contract.columns.map(({ name }) => name));
  const seen = new Set<string>();
  for (const name of header) {
    const kind = forbiddenColumn(name);
    if (kind !== null)
      faults.push({ check: 'FEED_FORBIDDEN', field: name, rule: `holds forbidden data: ${kind}` });
    else if (!known.has(name))
      faults.push({ check: 'FEED_SCHEMA', field: name, rule: 'is not in the feed contract' });
    if (seen.has(name))
      faults.push({ check: 'FEED_SCHEMA', field: name, rule: 'stands twice in the header' });
    seen.add(name);
  }
  for (const name of known) {
    if (!seen.has(name))
      faults.push({ check: 'FEED_SCHEMA', field: name, rule: 'is missing from the header' });
  }
  return faults;
}
