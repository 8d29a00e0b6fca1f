import {
  type AuditTransaction,
  bytesIn,
  numberIn,
  type Row,
  selectRows,
  textIn,
} from './audit-transaction.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { parseEntry } from './entry.ts';
import { hashReader } from './log-reads.ts';
import type { NoteSigner, NoteVerifier } from './signed-note.ts';
import { Frontier, leafHash, sameHash } from './tlog.ts';

/** The log's own name and the key that signs its checkpoints. */
export interface SignedLog {
  readonly origin: string;
  readonly signer: NoteSigner;
  /** Keys that signed before this one, after which it goes on. */
  readonly formerKeys?: readonly NoteVerifier[];
}

export interface SequencerOptions {
  /** Runs the work in a transaction of its own (READ COMMITTED) and commits it. */
  readonly transaction: (work: (tx: AuditTransaction) => Promise<number>) => Promise<number>;
  readonly log: SignedLog;
  readonly clock: { now(): Date };
  /** Told of every failed attempt; the next one follows after the pause. */
  readonly onError: (error: unknown) => void;
  /** Entries a transaction. */
  readonly limit?: number;
  /** Milliseconds between looks at what is staged. */
  readonly pause?: number;
}

/** Held by the transaction that sequences; the others have nothing to do. Even without it, no index is given twice. */
const SEQUENCING = 4_019_181_811;

/**
 * Moves at most `limit` staged entries into the log and signs the tree that they make; to be called in a transaction.
 * Answers how many: 0 when nothing is staged or another sequencer is at it. Throws when the log no longer is what
 * its newest checkpoint says: a broken log is not signed again.
 */
export async function sequence(
  tx: AuditTransaction,
  log: SignedLog,
  clock: { now(): Date },
  limit = 1000,
): Promise<number> {
  const [lock] = await selectRows(tx, 'select pg_try_advisory_xact_lock($1) as held', [SEQUENCING]);
  if (lock?.held !== true) return 0;
  // In the order of their ids, with no lower one left behind that was committed before a higher one was staged.
  const staged = await selectRows(
    tx,
    'select s.id::text, s.bytes from audit_staged s order by s.id limit $1',
    [limit],
  );
  const frontier = await readFrontier(tx, log);
  if (frontier !== undefined && staged.length === 0) return 0;
  const tree = frontier ?? Frontier.empty();
  const first = tree.size;
  const leaves = staged.map((row) => leafHash(bytesIn(row, 'bytes')));
  const hashes = leaves.flatMap((leaf) => tree.append(leaf));
  const root = tree.root();
  const note = signCheckpoint({ origin: log.origin, size: tree.size, root }, log.signer);
  await tx.query('select audit_sequence($1, $2, $3, $4, $5, $6, $7, $8)', [
    staged.map((row) => textIn(row, 'id')),
    first,
    JSON.stringify(staged.flatMap(columnsOf)),
    Buffer.concat(leaves),
    Buffer.concat(hashes),
    root,
    note,
    clock.now().toISOString(),
  ]);
  return staged.length;
}

/** What an entry can be searched by; nothing for bytes that are no entry. */
function columnsOf(row: Row, place: number): object[] {
  const entry = parseEntry(bytesIn(row, 'bytes'));
  if (entry === undefined) return [];
  const { at, actor, role, action, campaign, subject, digest } = entry;
  return [{ place, at, actor, role, action, campaign, subject, digest }];
}

/**
 * While more is staged than a transaction takes, the sequencer rests five times as long as it worked, `pause` at most: those
 * who append at such a moment come first, and what waits is taken when they are done.
 */
const REST = 5;

/** Sequences until stopped. `stop` waits for the transaction under way. */
export function startSequencer(options: SequencerOptions): { stop(): Promise<void> } {
  const { transaction, log, clock, onError, limit = 1000, pause = 500 } = options;
  let stopped = false;
  let wake = () => {};
  const run = async () => {
    while (!stopped) {
      const began = clock.now().getTime();
      // The outage of a database is not the end of the log: what is staged stays staged.
      const moved = await transaction((tx) => sequence(tx, log, clock, limit)).catch((error: unknown) => {
        onError(error);
        return 0;
      });
      if (stopped) break;
      const rest = moved === limit ? REST * (clock.now().getTime() - began) : pause;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(rest, pause));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const ended = run();
  return {
    stop: () => {
      stopped = true;
      wake();
      return ended;
    },
  };
}

async function readFrontier(
  tx: AuditTransaction,
  { origin, signer, formerKeys = [] }: SignedLog,
): Promise<Frontier | undefined> {
  const [newest] = await selectRows(
    tx,
    'select c.size::float8, c.note from audit_checkpoint c order by c.size desc limit 1',
  );
  if (newest === undefined) return undefined;
  const size = numberIn(newest, 'size');
  const checkpoint = openCheckpoint(textIn(newest, 'note'), signer.verifier, ...formerKeys);
  if (checkpoint?.origin !== origin || checkpoint.size !== size) {
    throw new Error(`audit log: the checkpoint of size ${size} is not one of ${signer.verifier.text}`);
  }
  const frontier = await Frontier.read(size, hashReader(tx));
  if (!sameHash(frontier.root(), checkpoint.root)) {
    throw new Error(`audit log: the stored hashes are not those of the checkpoint of size ${size}`);
  }
  return frontier;
}
