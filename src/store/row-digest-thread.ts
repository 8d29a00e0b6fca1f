import { parentPort, workerData } from 'node:worker_threads';
import { CopyDecoder } from './copy-decoder.ts';
import { DecisionLeaves } from './decision-leaves.ts';
import type { DigestedRows } from './row-digesting.ts';
import { SnapshotDigest } from './snapshot-digest.ts';

/** The thread that digests the rows of one COPY stream: a message for each chunk, null behind the last, and one answer. */
const rows: DigestedRows = workerData;
const digest = rows === 'snapshot_row' ? new SnapshotDigest() : new DecisionLeaves();
const decoder = new CopyDecoder();

parentPort?.on('message', (chunk: Uint8Array | null) => {
  if (chunk === null) {
    parentPort?.postMessage(digest.end());
    parentPort?.close();
    return;
  }
  decoder.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
  while (decoder.next()) digest.add(decoder);
});
