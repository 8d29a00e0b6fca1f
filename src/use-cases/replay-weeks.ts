import type { ReplayedWeek, UnreplayedWeek, WhatIf } from '../domain/replay.ts';
import type { RunRow } from '../store/run.row.ts';
import { inLanes } from './in-lanes.ts';
import { replayWeek } from './replay-week.ts';
import type { Services } from './services.ts';

/** Weeks that are replayed beside each other: as many as there are scoring processes kept. Each holds a snapshot's customers and scores. */
const AT_ONCE = 2;

/**
 * Replays recorded weeks in their order, some beside each other, each in a transaction that only reads. Ends soon after the
 * signal, and then throws its reason; nothing of it is left.
 */
export function replayWeeks(
  services: Services,
  runs: readonly RunRow[],
  whatIf: WhatIf,
  signal: AbortSignal,
): AsyncGenerator<ReplayedWeek | UnreplayedWeek> {
  return inLanes(runs, AT_ONCE, signal, (run, ending) => {
    ending.throwIfAborted();
    return services.db.transaction('REPEATABLE READ', async (tx) => {
      await tx.query('set transaction read only');
      return replayWeek(tx, services, run, whatIf, ending);
    });
  });
}
