import { CopyDecoder } from './copy-decoder.ts';

/** What is computed of the rows of a COPY stream from their very bytes. */
export interface RowDigest<Result> {
  /** Takes the row that the decoder stands at. */
  add(row: CopyDecoder): void;
  /** After the last row. */
  end(): Result;
}

/** Gives a digest the rows of a COPY stream as their chunks go by. */
export function digestChunks(digest: RowDigest<unknown>): (chunk: Buffer) => void {
  const decoder = new CopyDecoder();
  return (chunk) => {
    decoder.push(chunk);
    while (decoder.next()) digest.add(decoder);
  };
}
