import { HashRoom, writeHash } from '../audit/hash-room.ts';
import { HASH_SIZE } from '../audit/tlog.ts';
import { BytePool } from '../domain/byte-pool.ts';
import { CopyDecoder } from './copy-decoder.ts';
import { wordsOf } from './decision-codec.ts';
import type { RowDigest } from './row-digest.ts';

/** A block holds a power of two of leaves, so that the root over the blocks' roots is the root over all leaves. */
export const BLOCK_LEAVES = 4096;

/** More than the longest leaf: an id of 64 characters, every reason, two numbers. */
const LEAF_BYTES = 4096;
/** Outcome, arm and reasons. */
const WORD_FIELDS = 3;
const HEX_SALT_BYTES = 32;
/** The byte that RFC 6962 puts before a leaf, and what each begins with. */
const LEAF_START = '\0["decision/1",';
const QUOTE = 0x22;
const COMMA = 0x2c;

/**
 * The hashes of the leaves of the Merkle tree over a run's decisions, in blocks: of each row the text that `leafText` (domain/decision.ts)
 * makes of its decision, but put together from the row's own bytes, which takes half as long as by way of strings.
 */
export class DecisionLeaves implements RowDigest<readonly Uint8Array[]> {
  readonly #blocks: Uint8Array[] = [];
  #hashes = Buffer.alloc(BLOCK_LEAVES * HASH_SIZE);
  #leaves = 0;
  readonly #leaf = new HashRoom(LEAF_BYTES);
  readonly #salt = Buffer.alloc(HEX_SALT_BYTES);
  /** What stands in a leaf of outcome, arm and reasons, by their bytes in the row: the same come again and again. */
  readonly #words = new BytePool(wordsInLeaf);

  constructor() {
    writeAscii(this.#leaf.bytes, 0, LEAF_START);
  }

  add(row: CopyDecoder): void {
    writeHash(this.#hashes, this.#leaves, this.#leaf.first(this.#write(row)));
    if (++this.#leaves === BLOCK_LEAVES) this.#close();
  }

  end(): readonly Uint8Array[] {
    if (this.#leaves > 0) this.#close();
    return this.#blocks;
  }

  #write(row: CopyDecoder): number {
    const leaf = this.#leaf.bytes;
    row.skip();
    let at = writeAscii(leaf, LEAF_START.length, String(row.int4()));
    leaf[at++] = COMMA;
    leaf[at++] = QUOTE;
    at = row.copyTo(leaf, at);
    row.hexTo(this.#salt, 0);
    const words = row.pooled(WORD_FIELDS, this.#words);
    for (let i = 0; i < words.length; i++) leaf[at++] = words[i] ?? 0;
    at = writeAscii(leaf, at, String(row.float8()));
    leaf[at++] = COMMA;
    at = writeAscii(leaf, at, String(row.int4OrNull()));
    leaf[at++] = COMMA;
    leaf[at++] = QUOTE;
    for (let i = 0; i < HEX_SALT_BYTES; i++) leaf[at++] = this.#salt[i] ?? 0;
    return writeAscii(leaf, at, '"]');
  }

  #close(): void {
    this.#blocks.push(this.#hashes.subarray(0, this.#leaves * HASH_SIZE));
    this.#hashes = Buffer.alloc(BLOCK_LEAVES * HASH_SIZE);
    this.#leaves = 0;
  }
}

/** What stands in a leaf of the fields for outcome, arm and reasons. */
function wordsInLeaf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const fields = CopyDecoder.atFields(Buffer.from(bytes.subarray(start, end)));
  const words = wordsOf({ outcome: fields.int2() ?? -1, arm: fields.int2(), reasons: fields.int2Array() });
  if (words === undefined) throw new RangeError('a decision holds a code that means nothing');
  const arm = words.arm === null ? 'null' : `"${words.arm}"`;
  return Buffer.from(`","${words.outcome}",${arm},["${words.reasons.join('","')}"],`, 'latin1');
}

function writeAscii(target: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) target[at++] = text.charCodeAt(i);
  return at;
}
