import { digestOf } from '../../audit/digest.ts';
import { pseudonymOf } from '../../audit/pseudonym.ts';
import {
  type ProtectedCustomer,
  protectedCustomers,
  pseudonymSecrets,
} from '../../store/recorded-customers.reads.ts';
import { compareRows, type FoundRow } from './compare-rows.ts';
import type { Claim, RecordClaims } from './record-claims.ts';
import { type RecordFault, recordFault } from './record-fault.ts';
import type { RecordWalk, WalkPart } from './record-walk.ts';

/**
 * Who opted out and who is kept in the lee, by their names in the log. A name without its secret leads nowhere: it may be that of
 * an erased customer, as long as there are not more of them than the log has erasures of customers.
 */
export const walkCustomers: WalkPart = async (walk) => {
  const secrets = await pseudonymSecrets(walk.tx);
  const named = new Set(secrets.map(({ secret, customer }) => pseudonymOf(secret, customer)));
  return (await walkOptOuts(walk, named)) ?? (await walkQuietList(walk, named));
};

async function walkOptOuts(
  { tx, claims, counts }: RecordWalk,
  named: ReadonlySet<string>,
): Promise<RecordFault | undefined> {
  const rows = namedRows('opt_out', await protectedCustomers(tx, 'opt_out'), (name) => name);
  if ('rule' in rows) return rows;
  counts.rows += rows.length;
  const erasures = erasuresOf(claims, 'customer').length;
  const there = new Set(rows.map(({ id }) => id));
  const gone = [...claims.all('opt_out').keys()].filter((id) => !there.has(id) && !named.has(id));
  return compareRows('opt_out', rows, claims, (id) => !named.has(id) && gone.length <= erasures);
}

async function walkQuietList(
  { tx, claims, counts }: RecordWalk,
  named: ReadonlySet<string>,
): Promise<RecordFault | undefined> {
  const rows = namedRows(
    'quiet_list',
    await protectedCustomers(tx, 'quiet_list'),
    (name, { campaign, at }) => `${campaign}/${name}/${at?.toISOString()}`,
  );
  if ('rule' in rows) return rows;
  counts.rows += rows.length;
  // What ended before this day was kept as long as it may be.
  const days = erasuresOf(claims, 'contacts').map(({ fields }) =>
    String(fields.get('keptFrom')?.value ?? ''),
  );
  const keptFrom = days.toSorted().at(-1) ?? '';
  const erasures = erasuresOf(claims, 'customer').length;
  const nameIn = (id: string) => id.split('/')[1] ?? '';
  return compareRows('quiet_list', rows, claims, (id) => {
    const until = claims.value('quiet_list', id, 'day');
    return (typeof until === 'string' && until < keptFrom) || (erasures > 0 && !named.has(nameIn(id)));
  });
}

function erasuresOf(claims: RecordClaims, of: string): readonly Claim[] {
  return [...claims.all('erasure').values()].filter(({ fields }) => fields.get('of')?.value === of);
}

function namedRows(
  table: 'opt_out' | 'quiet_list',
  found: readonly ProtectedCustomer[],
  idOf: (name: string, row: ProtectedCustomer) => string,
): readonly FoundRow[] | RecordFault {
  const rows: FoundRow[] = [];
  for (const row of found) {
    const { secret, customer, day, by, reason } = row;
    if (secret === null) {
      const message = 'the secret of the name in the log is gone, and no erasure took the row';
      return recordFault('customer_pseudonym', `of a row of ${table}`, 'MISSING', message, {
        row: rows.length,
      });
    }
    const fields = { day, by, reason: reason === null ? null : digestOf(reason) };
    rows.push({ id: idOf(pseudonymOf(secret, customer), row), fields });
  }
  return rows;
}
