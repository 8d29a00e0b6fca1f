/**
 * The longest time on the processor, in milliseconds, that this thread spends between two turns of its event loop while work is done:
 * how long whoever asks meanwhile is kept waiting by the work itself, however busy the machine is.
 */
export async function longestStretch(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let working = true;
  let before = process.threadCpuUsage();
  const turn = () => {
    const { user, system } = process.threadCpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
    before = process.threadCpuUsage();
    if (working) setImmediate(turn);
  };
  setImmediate(turn);
  try {
    await work();
  } finally {
    working = false;
  }
  return longest;
}
