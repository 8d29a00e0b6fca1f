import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Refusal, RefusalError } from '../../../src/domain/refusal.ts';
import { createFormatError } from '../../../src/resolvers/format-error.ts';

function told(error: GraphQLError) {
  const faults: unknown[] = [];
  const format = createFormatError(
    () => 'id-1',
    (id, fault) => faults.push([id, fault]),
  );
  return { answer: format(error.toJSON(), error), faults };
}

const wrapped = (originalError: Error) =>
  new GraphQLError('wrapped twice', {
    originalError: new GraphQLError(originalError.message, { originalError }),
    path: ['run'],
  });

describe('what the client is told of an error', () => {
  it('is a refusal as it is, however deep it was thrown', () => {
    const refusal = new RefusalError(new Refusal('CONFLICT', 'SOMEBODY_WAS_FASTER', 'Load it again.'));
    expect(told(wrapped(refusal))).toEqual({
      answer: {
        message: 'Load it again.',
        path: ['run'],
        extensions: { code: 'CONFLICT', rule: 'SOMEBODY_WAS_FASTER', id: 'id-1' },
      },
      faults: [],
    });
  });

  it('is a refusal that an outage caused, and the outage is logged', () => {
    const refusal = new RefusalError(new Refusal('UNAVAILABLE', 'IDENTITY_PROVIDER', 'Try again later.'));
    refusal.cause = new Error('connection refused');
    const { answer, faults } = told(wrapped(refusal));
    expect(answer.extensions?.code).toBe('UNAVAILABLE');
    expect(faults).toEqual([['id-1', refusal]]);
  });

  it.each([
    ['an exception', wrapped(new Error('secret'))],
    [
      'an exception with a code',
      wrapped(Object.assign(new Error('secret'), { extensions: { code: 'BAD_USER_INPUT' } })),
    ],
    ['an error that calls itself internal', new GraphQLError('secret', { extensions: { code: 'INTERNAL' } })],
    ['an error with a code that nobody knows', new GraphQLError('secret', { extensions: { code: 'ODD' } })],
    ['an error without a code', new GraphQLError('secret', { extensions: { hint: 'secret' } })],
  ])('is an id alone for %s', (_case, error) => {
    const { answer, faults } = told(error);
    expect(answer.extensions).toEqual({ code: 'INTERNAL', id: 'id-1' });
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(faults).toEqual([['id-1', expect.any(Error)]]);
  });

  it('names the limit that a document exceeds by being large', () => {
    const error = new GraphQLError('too many selections', {
      extensions: {
        code: 'GRAPHQL_VALIDATION_FAILED',
        validationErrorCode: 'MAX_RECURSIVE_SELECTIONS_EXCEEDED',
      },
    });
    expect(told(error).answer.extensions).toEqual({ code: 'LIMIT_EXCEEDED', id: 'id-1' });
  });
});
