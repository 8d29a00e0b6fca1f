import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import pg from 'pg';
import { from, to } from 'pg-copy-streams';

/** Seconds of what no run can do without. */
export interface Floor {
  readonly copyIn: number;
  readonly copyOut: number;
  readonly score: number;
  readonly copyDecisionsIn: number;
}

const CHUNK = 1 << 20;
const BATCH = 10_000;

/** A table's bytes as COPY gives them, in chunks as a loader would send them. */
export async function tableBytes(client: pg.Client, table: string): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of client.query(to(`copy ${table} to stdout (format binary)`))) chunks.push(chunk);
  const all = Buffer.concat(chunks);
  return Array.from({ length: Math.ceil(all.length / CHUNK) }, (_, i) =>
    all.subarray(i * CHUNK, (i + 1) * CHUNK),
  );
}

export async function measureFloor(
  client: pg.Client,
  tables: { readonly snapshot: string; readonly decisions: string },
  bytes: { readonly snapshot: readonly Buffer[]; readonly decisions: readonly Buffer[] },
  model: Uint8Array,
  matrix: Float32Array,
  width: number,
): Promise<Floor> {
  const copyIn = await timed(() => load(client, tables.snapshot, bytes.snapshot, 'floor_snapshot'));
  const copyOut = await timed(async () => {
    const stream = client.query(to('copy floor_snapshot to stdout (format binary)'));
    for await (const chunk of stream) if (chunk.length === 0) throw new Error('an empty chunk');
  });
  const score = await scoreAll(model, matrix, width);
  const copyDecisionsIn = await timed(() =>
    load(client, tables.decisions, bytes.decisions, 'floor_decision'),
  );
  await client.query('drop table floor_snapshot, floor_decision');
  return { copyIn, copyOut, score, copyDecisionsIn };
}

async function load(
  client: pg.Client,
  like: string,
  chunks: readonly Buffer[],
  table: string,
): Promise<void> {
  await client.query('begin');
  await client.query(`create table ${table} (like ${like})`);
  const stream = client.query(from(`copy ${table} from stdin (format binary, freeze)`));
  for (const chunk of chunks) if (!stream.write(chunk)) await once(stream, 'drain');
  stream.end();
  await finished(stream);
  await client.query('commit');
}

async function scoreAll(model: Uint8Array, matrix: Float32Array, width: number): Promise<number> {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
  });
  const [input = ''] = session.inputNames;
  const seconds = await timed(async () => {
    for (let at = 0; at < matrix.length; at += BATCH * width) {
      const batch = matrix.subarray(at, at + BATCH * width);
      await session.run({ [input]: new Tensor('float32', batch, [batch.length / width, width]) }, [
        'probabilities',
      ]);
    }
  });
  await session.release();
  return seconds;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}
