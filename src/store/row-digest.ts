import type { CopyDecoder } from './copy-decoder.ts';

/** What is computed of the rows of a COPY stream from their very bytes. */
export interface RowDigest<Result> {
  /** Takes the row that the decoder stands at. */
  add(row: CopyDecoder): void;
  /** After the last row. */
  end(): Result;
}
