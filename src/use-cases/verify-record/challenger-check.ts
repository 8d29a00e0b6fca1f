import { merkleRoot, writeLeafHash } from '../../audit/merkle.ts';
import { HASH_SIZE } from '../../audit/tlog.ts';
import { challengerLeafText } from '../../domain/challenger.ts';
import type { ErasedRows } from '../../store/erasure.reads.ts';
import type { FoundChallengerDecision } from '../../store/recorded-rows.reads.ts';
import { foremost, type RecordFault, recordFault } from './record-fault.ts';

/** What the log has of a run's challenger that scored: how many, and `sha256:…` of the tree over what it would have decided. */
export interface ScoredChallenger {
  readonly runId: string;
  readonly scored: number;
  readonly root: string;
  readonly entry: number;
}

/** Compares the decisions of a run's challenger, in whatever order they come, with their leaves, and those with the log. */
export class ChallengerCheck {
  readonly #leaves: Buffer;
  readonly #seen: Uint8Array;
  #fault: RecordFault | undefined;

  constructor(readonly challenger: ScoredChallenger) {
    this.#leaves = Buffer.alloc(challenger.scored * HASH_SIZE);
    this.#seen = new Uint8Array(challenger.scored);
  }

  take({ foreign, place, salt, leaf, ...decision }: FoundChallengerDecision): void {
    const { scored } = this.challenger;
    if (place < 0 || place >= scored) this.#note(place, 'UNSPOKEN', `the challenger scored ${scored} rows`);
    else if (this.#seen[place] === 1) this.#note(place, 'TWICE', 'the row stands twice');
    else {
      this.#seen[place] = 1;
      writeLeafHash(this.#leaves, place, challengerLeafText(decision, salt));
      const own = this.#leaves.subarray(place * HASH_SIZE, (place + 1) * HASH_SIZE);
      if (foreign) this.#note(place, 'DIFFERS', 'the row says that it is of another run');
      else if (Buffer.compare(leaf, own) !== 0)
        this.#note(place, 'DIGEST', 'the row does not hash to its leaf');
    }
  }

  /** What is wrong with the rows, by place. */
  close(erased: ErasedRows): RecordFault | undefined {
    if (this.#fault !== undefined) return this.#fault;
    const back = this.#seen.findIndex((there, at) => there === 1 && (erased.all || erased.hashes.has(at)));
    if (back >= 0) return this.#at(back, 'UNSPOKEN', 'the row was erased and is there again');
    if (erased.all) return undefined;
    for (let place = this.#seen.indexOf(0); place >= 0; place = this.#seen.indexOf(0, place + 1)) {
      const hash = erased.hashes.get(place);
      if (hash == null) return this.#at(place, 'MISSING', 'the row is missing and no erasure says why');
      this.#leaves.set(hash, place * HASH_SIZE);
    }
    const { runId, root, entry } = this.challenger;
    if (`sha256:${Buffer.from(merkleRoot(this.#leaves)).toString('hex')}` === root) return undefined;
    const message = "the rows do not fold to the root of the challenger's decisions";
    return recordFault('challenger_decision', runId, 'DIGEST', message, { entry });
  }

  #note(place: number, rule: RecordFault['rule'], message: string): void {
    this.#fault = foremost(this.#fault, this.#at(place, rule, message));
  }

  #at(row: number, rule: RecordFault['rule'], message: string): RecordFault {
    const { runId, entry } = this.challenger;
    return recordFault('challenger_decision', runId, rule, message, { row, entry });
  }
}
