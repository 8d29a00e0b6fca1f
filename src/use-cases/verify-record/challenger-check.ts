import { merkleRoot, writeLeafHash } from '../../audit/merkle.ts';
import { HASH_SIZE } from '../../audit/tlog.ts';
import { challengerLeafText } from '../../domain/challenger.ts';
import type { ErasedRows } from '../../store/erasure.reads.ts';
import type { FoundChallengerDecision } from '../../store/recorded-rows.reads.ts';
import { FoundRows } from './found-rows.ts';
import { type RecordFault, recordFault } from './record-fault.ts';

/** What the log has of a run's challenger that scored: how many, and `sha256:…` of the tree over what it would have decided. */
export interface ScoredChallenger {
  readonly runId: string;
  readonly scored: number;
  readonly root: string;
  readonly entry: number;
}

const TABLE = 'challenger_decision';

/** Compares the decisions of a run's challenger, in whatever order they come, with their leaves, and those with the log. */
export class ChallengerCheck {
  readonly #rows: FoundRows;

  constructor(readonly challenger: ScoredChallenger) {
    const { runId, scored, entry } = challenger;
    const beyond = `the challenger scored ${scored} rows`;
    this.#rows = new FoundRows({ table: TABLE, runId, rows: scored, beyond, entry });
  }

  take({ foreign, place, salt, leaf, ...decision }: FoundChallengerDecision): void {
    if (!this.#rows.take(place)) return;
    const { hashes } = this.#rows;
    writeLeafHash(hashes, place, challengerLeafText(decision, salt));
    const own = hashes.subarray(place * HASH_SIZE, (place + 1) * HASH_SIZE);
    if (foreign) this.#rows.note(place, 'DIFFERS', 'the row says that it is of another run', 'run_id');
    else if (Buffer.compare(leaf, own) !== 0)
      this.#rows.note(place, 'DIGEST', 'the row does not hash to its leaf');
  }

  /** What is wrong with the rows, by place. */
  close(erased: ErasedRows): RecordFault | undefined {
    const strange = this.#rows.strange(erased);
    if (strange !== undefined || erased.all) return strange;
    return this.#rows.missing(erased) ?? this.#rootFault();
  }

  #rootFault(): RecordFault | undefined {
    const { runId, root, entry } = this.challenger;
    if (`sha256:${Buffer.from(merkleRoot(this.#rows.hashes)).toString('hex')}` === root) return undefined;
    const message = "the rows do not fold to the root of the challenger's decisions";
    return recordFault(TABLE, runId, 'DIGEST', message, { entry });
  }
}
