/** Work that goes on after its request was answered. */
export interface Background {
  /** Begins the work; what is answered ends with it and never fails. */
  start(name: string, work: () => Promise<unknown>): Promise<void>;
  /** Ends when no work is under way. */
  idle(): Promise<void>;
}

/** Background work in this process; `onFailure` is told of work that failed. */
export function createBackground(onFailure: (name: string, error: unknown) => void): Background {
  const underWay = new Set<Promise<void>>();
  return {
    start(name, work) {
      const ended = work()
        .catch((error: unknown) => onFailure(name, error))
        .then(() => void underWay.delete(ended));
      underWay.add(ended);
      return ended;
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
