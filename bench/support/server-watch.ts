import { readFileSync } from 'node:fs';

/** What was seen of a serving process while it was watched. */
export interface Watched {
  /** [seconds since the begin, MiB resident] */
  readonly memory: readonly (readonly [number, number])[];
  /** The longest that its event loop was late, milliseconds, as its own metrics say. */
  readonly longestDelay: number;
  /** The largest 99th percentile of that delay over some seconds, milliseconds. */
  readonly delayP99: number;
  /** Processor time that the process took, seconds. */
  readonly processor: number;
}

const EVERY_MS = 1000;

/** Watches a process from outside, and by its `/metrics`, until stopped. */
export function watchServer(pid: number, base: string): () => Promise<Watched> {
  const began = performance.now();
  const before = processorTime(pid);
  const memory: [number, number][] = [];
  let [longestDelay, delayP99] = [0, 0];
  let looking = Promise.resolve();
  const look = async () => {
    memory.push([(performance.now() - began) / 1000, residentMemory(pid)]);
    const text = await fetch(`${base}/metrics`).then((response) => response.text());
    const metric = (name: string) =>
      Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN) * 1000;
    longestDelay = Math.max(longestDelay, metric('nodejs_eventloop_lag_max_seconds'));
    delayP99 = Math.max(delayP99, metric('nodejs_eventloop_lag_p99_seconds'));
  };
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await looking;
    return { memory, longestDelay, delayP99, processor: processorTime(pid) - before };
  };
}

/** Resident now, in MiB; 0 of a process that has ended. */
export function residentMemory(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Of all its threads, in seconds: Linux counts in hundredths. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** By how many MiB a minute the memory grew, by least squares. */
export function slope(memory: Watched['memory']): number {
  const n = memory.length;
  const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / n;
  const [t, m] = [mean(memory.map(([time]) => time)), mean(memory.map(([, mib]) => mib))];
  const over = memory.reduce((sum, [time, mib]) => sum + (time - t) * (mib - m), 0);
  const under = memory.reduce((sum, [time]) => sum + (time - t) ** 2, 0);
  return (60 * over) / under;
}
