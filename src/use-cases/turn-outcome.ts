import { candidates, smallestTurn } from '../domain/counterfactual.ts';
import type { Outcome } from '../domain/decision.ts';
import type { Counterfactual } from '../domain/explanation.ts';
import type { ScoringSession } from '../domain/ports.ts';
import type { SelectionKeys, SelectionSettings } from '../domain/selection.ts';
import { barOf, type Cutoff, type Ranked } from '../domain/selection-bar.ts';
import type { VariedFeature } from '../domain/varied-feature.ts';

/** Changes that are tried at once: mostly one of the first few hundred turns the outcome. */
const AT_ONCE = 500;

/** What turns outcomes of a run: its model, threshold, capacity and ranks. */
export interface Turning {
  readonly session: ScoringSession;
  readonly features: readonly VariedFeature[];
  readonly settings: SelectionSettings;
  readonly keys: SelectionKeys;
  readonly cutoff: Cutoff;
}

/**
 * The smallest change of one feature with which the run's model and choice give a customer another outcome, found by executing them;
 * null when none does. @param row the features that the model got
 */
export async function turnOutcome(
  { session, features, settings, keys, cutoff }: Turning,
  own: Ranked & { readonly outcome: Outcome },
  row: Float32Array,
): Promise<Counterfactual | null> {
  const bar = barOf(own, settings, keys, cutoff);
  // Whoever was drawn at random is mailed either way.
  if (bar.outcomeAfter === own.outcome) return null;
  if (!bar.turns(Number.NEGATIVE_INFINITY) && !bar.turns(Number.POSITIVE_INFINITY)) return null;
  const { changes, matrix } = candidates(features, row);
  const width = row.length;
  for (let from = 0; from < changes.length; from += AT_ONCE) {
    const some = changes.slice(from, from + AT_ONCE);
    const rows = matrix.subarray(from * width, (from + some.length) * width);
    const scores = await session.score(rows, some.length);
    const found = smallestTurn({ changes: some, matrix: rows }, scores, bar);
    if (found !== null) return found;
  }
  return null;
}
