import { drawKey } from '../audit/draw-key.ts';
import type { Config } from '../domain/campaign.ts';
import type { Decision } from '../domain/decision.ts';
import { DRAW } from '../domain/draw-keys.ts';
import { reasonsOf } from '../domain/eligibility.ts';
import { KeyedHash } from '../domain/keyed-hash.ts';
import { meaningOf, type Selection, type SelectionKeys } from '../domain/selection.ts';
import type { IsoWeek } from '../domain/week.ts';
import type { Scored } from './score-snapshot.ts';

/** The keys by which chance decides in a run. @param since the week from which the settings count */
export function selectionKeys(
  { seed, week }: { readonly seed: string; readonly week: IsoWeek },
  config: Config,
  since: IsoWeek,
): SelectionKeys {
  const key = (name: string) => new KeyedHash(drawKey(seed, name));
  return {
    ties: key(DRAW.ties(week)),
    exploration: key(DRAW.exploration(week)),
    holdout: key(DRAW.holdout(since, config.evaluationWeeks, week)),
  };
}

/** The decision on every customer, in the order of the snapshot. */
export function* decisionsOf(scored: Scored, selection: Selection): Generator<Decision> {
  let eligible = 0;
  for (const [row, customer] of scored.everyone.entries()) {
    const bits = scored.reasons[row] ?? 0;
    if (bits !== 0) {
      const reasons = reasonsOf(bits);
      yield { customer, outcome: 'NOT_ELIGIBLE', arm: null, reasons, score: null, rank: null };
      continue;
    }
    const at = eligible++;
    yield {
      customer,
      ...meaningOf(selection.verdicts[at] ?? 0),
      score: scored.scores[at] ?? null,
      rank: selection.ranks[at] ?? null,
    };
  }
}
