import { setTimeout } from 'node:timers/promises';
import { appendOn } from './append-rate.ts';
import type { AuditBench } from './audit-bench.ts';
import { approval, drained, forkSequencer, quantile } from './audit-bench.ts';

const WRITERS = 16;

/** How long it takes from an entry's commit until a signed checkpoint over it can be read, at a steady rate. Prints p50 and p99. */
export async function checkpointLag(bench: AuditBench, perSecond: number, seconds: number): Promise<void> {
  const { rows } = await bench.owner.query('select count(*)::int as entries from audit_entry');
  const before: number = rows[0].entries;
  const clients = await Promise.all(Array.from({ length: WRITERS }, () => bench.connect()));
  const stop = await forkSequencer(bench.url);
  const seen: { size: number; at: number }[] = [];
  let watching = true;
  const watch = async () => {
    while (watching) {
      const { rows: newest } = await bench.owner.query(
        'select size::float8 from audit_checkpoint order by size desc limit 1',
      );
      const size: number = newest[0]?.size ?? 0;
      if (size > (seen.at(-1)?.size ?? -1)) seen.push({ size, at: performance.now() });
      await setTimeout(5);
    }
  };
  const watched = watch();
  const total = perSecond * seconds;
  const committed = new Float64Array(total);
  const begin = performance.now();
  await Promise.all(
    clients.map(async (client, writer) => {
      for (let n = writer; n < total; n += WRITERS) {
        const wait = begin + (1000 * n) / perSecond - performance.now();
        if (wait > 0) await setTimeout(wait);
        await appendOn(client, approval(n));
        committed[n] = performance.now();
      }
    }),
  );
  const took = (performance.now() - begin) / 1000;
  await drained(bench.owner);
  await setTimeout(50);
  watching = false;
  await watched;
  await stop();
  await Promise.all(clients.map((client) => client.end()));
  const { rows: logged } = await bench.owner.query(
    'select index::float8, subject from audit_entry where index >= $1 order by index',
    [before],
  );
  let at = 0;
  const lags = logged.map(({ index, subject }) => {
    while ((seen[at]?.size ?? Number.POSITIVE_INFINITY) <= index) at++;
    return (seen[at]?.at ?? Number.NaN) - (committed[Number.parseInt(subject.slice(-12), 16)] ?? Number.NaN);
  });
  console.log(
    `lag to the signed checkpoint, ${Math.round(total / took)} entries a second for ${took.toFixed(1)} s: ` +
      `p50 ${quantile(lags, 0.5).toFixed(0)} ms, p99 ${quantile(lags, 0.99).toFixed(0)} ms, ` +
      `most ${quantile(lags, 1).toFixed(0)} ms, ${lags.length} entries`,
  );
}
