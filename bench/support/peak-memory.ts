import { readdirSync, readFileSync } from 'node:fs';

/** The most memory that a process ever had, in MiB, as Linux keeps it. */
export function peakMemory(pid: number | 'self'): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    // It has ended.
    return 0;
  }
}

/** Watches the children of this process (the scoring process among them) until stopped; answers the largest peak, MiB. */
export function watchChildren(): () => number {
  let peak = 0;
  const timer = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const parent = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
        if (parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('scorer'))
          peak = Math.max(peak, peakMemory(Number(pid)));
      } catch {
        // It ended while it was looked at.
      }
    }
  }, 1000);
  return () => {
    clearInterval(timer);
    return peak;
  };
}
