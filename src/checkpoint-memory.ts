import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AuditTransaction } from './audit/audit-transaction.ts';
import { type Checkpoint, parseCheckpoint } from './audit/checkpoint.ts';
import { readCheckpoint } from './audit/log-check.ts';
import { hashReader, type LoggedCheckpoint, newestCheckpoint } from './audit/log-reads.ts';
import type { SignedLog } from './audit/sequencer.ts';
import { parseNote } from './audit/signed-note.ts';
import { Frontier, sameHash } from './audit/tlog.ts';

/** The log in the database is not the one that this machine remembers; the message says what to do. */
export class RolledBackError extends Error {
  constructor(what: string, file: string) {
    super(
      `${what}. Was the database set back, or replaced? Keep it as it is and call compliance. ` +
        `After a restore on which they agreed, move ${file} away.`,
    );
    this.name = 'RolledBackError';
  }
}

/**
 * The newest checkpoint that this machine signed, in a file outside the database: by it a database that was set back is found
 * out, for everything in such a database fits together.
 */
export class CheckpointMemory {
  private constructor(
    readonly file: string,
    private text: string | null,
    private signed: number,
  ) {}

  /** @param dataDir the folder of the service; the file is made when the first checkpoint is remembered */
  static async open(dataDir: string): Promise<CheckpointMemory> {
    const file = join(dataDir, 'audit', 'checkpoint');
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) return new CheckpointMemory(file, null, -1);
    const said = parseCheckpoint(parseNote(text)?.text ?? '');
    if (said === undefined) throw new RolledBackError(`${file} does not hold a checkpoint`, file);
    return new CheckpointMemory(file, text, said.size);
  }

  /** What is remembered, as it was signed; null when nothing is. */
  get note(): string | null {
    return this.text;
  }

  /** Throws RolledBackError unless the database holds what is remembered: the same log, as long or longer. */
  async check(tx: AuditTransaction, { origin, signer, formerKeys = [] }: SignedLog): Promise<void> {
    if (this.text === null) return;
    const remembered = readCheckpoint(this.text, this.signed, origin, [signer.verifier, ...formerKeys]);
    if ('part' in remembered)
      throw new RolledBackError(`The remembered checkpoint: ${remembered.message}`, this.file);
    this.checkSize(await newestCheckpoint(tx));
    const { size, root } = remembered;
    if (!sameHash((await Frontier.read(size, hashReader(tx))).root(), root))
      throw new RolledBackError(`The audit log is another one than was signed at ${size} entries`, this.file);
  }

  /** Throws RolledBackError where a log ends before what is remembered: such a log must not be signed on. */
  checkSize(newest: Checkpoint | undefined): void {
    const size = newest?.size ?? 0;
    if (size >= this.signed) return;
    const what = `The audit log ends at ${size} entries, and ${this.signed} were signed`;
    throw new RolledBackError(what, this.file);
  }

  /** Keeps a newer checkpoint instead of the one before: on the disk when it answers. */
  async remember({ size, note }: LoggedCheckpoint): Promise<void> {
    if (size <= this.signed) return;
    await mkdir(dirname(this.file), { recursive: true });
    const draft = `${this.file}.${process.pid}`;
    const file = await open(draft, 'w');
    try {
      await file.writeFile(note);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.file);
    this.text = note;
    this.signed = size;
  }
}
