import { countRunsUnder, listRunsUnder, type UnderDataUses } from '../store/data-use.reads.ts';
import type { RunRow } from '../store/run.row.ts';
import type { Services } from '../use-cases/services.ts';
import { type Page, type PageArguments, pageOf } from './paging.ts';

/** A page of the runs that were made under data uses. */
export function pageOfRunsUnder(
  { db: { manager } }: Pick<Services, 'db'>,
  page: PageArguments,
  under: UnderDataUses,
): Promise<Page<RunRow>> {
  return pageOf(page, {
    key: ['week', 'count'],
    keyOf: ({ week, attempt }: RunRow) => [week, String(attempt)],
    read: (slice) => listRunsUnder(manager, under, slice),
    count: () => countRunsUnder(manager, under),
  });
}
