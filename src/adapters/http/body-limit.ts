import { Transform } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { type Actor, roleFor } from '../../domain/permissions.ts';
import { Refusal, RefusalError } from '../../domain/refusal.ts';

/** Room for any operation with its variables. */
const BODY_BYTES = 1024 * 1024;
/** Room for a model package of 16 MiB in base64, for whoever may register one; nobody else gets to fill the memory. */
export const MODEL_BODY_BYTES = 24 * 1024 * 1024;

/** How many bytes an actor may send. */
export function bodyLimitOf(actor: Actor | null): number {
  return actor !== null && roleFor(actor, 'model.register') !== null ? MODEL_BODY_BYTES : BODY_BYTES;
}

/** Refuses a body that is announced as longer than `limit` before anything of it is read. */
export function assertBodyWithin(limit: number, { headers }: FastifyRequest): void {
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLong(limit);
}

/** Passes a body of unannounced length on until it is longer than `limit`. */
export function counted(limit: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limit) done(tooLong(limit));
      else done(null, chunk);
    },
  });
}

function tooLong(limit: number): RefusalError {
  return new RefusalError(
    new Refusal('LIMIT_EXCEEDED', 'BODY_SIZE', `A request of yours has ${limit} bytes at most.`),
  );
}
