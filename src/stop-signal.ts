/** Resolves when the process is asked to stop (SIGINT, SIGTERM); a second signal ends it at once, as usual. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
