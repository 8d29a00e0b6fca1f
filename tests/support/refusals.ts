import { expect } from 'vitest';
import { RefusalError } from '../../src/domain/refusal.ts';

/** The code and rule by which an attempt must be refused. */
export async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error, 'the attempt was not refused').toBeInstanceOf(RefusalError);
  return error instanceof RefusalError ? `${error.refusal.code} ${error.refusal.rule}` : '';
}
