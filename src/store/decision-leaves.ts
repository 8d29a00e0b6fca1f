import { writeLeafHashOf } from '../audit/merkle.ts';
import { HASH_SIZE } from '../audit/tlog.ts';
import type { CopyDecoder } from './copy-decoder.ts';
import { wordsOf } from './decision-codec.ts';
import type { RowDigest } from './row-digest.ts';

/** A block holds a power of two of leaves, so that the root over the blocks' roots is the root over all leaves. */
export const BLOCK_LEAVES = 4096;

/** More than the longest leaf: an id of 64 characters, every reason, two numbers. */
const LEAF_BYTES = 4096;
/** Outcome, arm and reasons. */
const WORD_FIELDS = 3;
const HEX_SALT_BYTES = 32;
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
  readonly #leaf = Buffer.alloc(LEAF_BYTES);
  readonly #salt = Buffer.alloc(HEX_SALT_BYTES);
  /** What stands in a leaf of outcome, arm and reasons, by their bytes in the row: the same come again and again. */
  readonly #words = new Map<string, Uint8Array>();

  add(row: CopyDecoder): void {
    writeLeafHashOf(this.#hashes, this.#leaves, this.#leaf.subarray(0, this.#write(row)));
    if (++this.#leaves === BLOCK_LEAVES) this.#close();
  }

  end(): readonly Uint8Array[] {
    if (this.#leaves > 0) this.#close();
    return this.#blocks;
  }

  #write(row: CopyDecoder): number {
    const leaf = this.#leaf;
    row.skip();
    let at = writeAscii(leaf, 0, '["decision/1",');
    at = writeAscii(leaf, at, String(row.int4()));
    leaf[at++] = COMMA;
    leaf[at++] = QUOTE;
    at = row.copyTo(leaf, at);
    row.hexTo(this.#salt, 0);
    const words = this.#wordsOf(row);
    for (let i = 0; i < words.length; i++) leaf[at++] = words[i] ?? 0;
    at = writeAscii(leaf, at, String(row.float8()));
    leaf[at++] = COMMA;
    at = writeAscii(leaf, at, String(row.int4OrNull()));
    leaf[at++] = COMMA;
    leaf[at++] = QUOTE;
    for (let i = 0; i < HEX_SALT_BYTES; i++) leaf[at++] = this.#salt[i] ?? 0;
    return writeAscii(leaf, at, '"]');
  }

  #wordsOf(row: CopyDecoder): Uint8Array {
    const bytes = row.ahead(WORD_FIELDS);
    const known = this.#words.get(bytes);
    if (known !== undefined) {
      for (let field = 0; field < WORD_FIELDS; field++) row.skip();
      return known;
    }
    const words = wordsOf({ outcome: row.int2() ?? -1, arm: row.int2(), reasons: row.int2Array() });
    if (words === undefined) throw new RangeError('a decision holds a code that means nothing');
    const arm = words.arm === null ? 'null' : `"${words.arm}"`;
    const written = Buffer.from(`","${words.outcome}",${arm},["${words.reasons.join('","')}"],`, 'latin1');
    this.#words.set(bytes, written);
    return written;
  }

  #close(): void {
    this.#blocks.push(this.#hashes.subarray(0, this.#leaves * HASH_SIZE));
    this.#hashes = Buffer.alloc(BLOCK_LEAVES * HASH_SIZE);
    this.#leaves = 0;
  }
}

function writeAscii(target: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) target[at++] = text.charCodeAt(i);
  return at;
}
