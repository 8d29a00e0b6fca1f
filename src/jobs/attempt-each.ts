/**
 * Does the work for each item, also when it failed for another, and answers what came of them.
 * Throws AggregateError with all that went wrong once every item had its turn.
 */
export async function attemptEach<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  for await (const item of items) {
    try {
      results.push(await work(item));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} of ${failures.length + results.length} failed`);
  }
  return results;
}
