import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/adapters/log/logger.ts';

const SECRET = 'customer-C0FFEE';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line)) };
  write(createLogger({ level: 'info', fields: () => ({ requestId: 'r-1' }), destination }));
  return lines;
}

const databaseError = () =>
  Object.assign(new Error(`invalid input syntax for type integer: "${SECRET}"`), {
    code: '22P02',
    detail: SECRET,
    where: SECRET,
    parameters: [SECRET],
  });

describe('the log', () => {
  it('adds what is known of the work at hand, and is silent below its level', () => {
    const lines = logged((logger) => {
      logger.debug('not this');
      logger.info({ run: 'r' }, 'started');
    });
    expect(lines).toEqual([
      { level: 'info', time: expect.any(String), requestId: 'r-1', run: 'r', msg: 'started' },
    ]);
  });

  it.each([
    ['a token', { headers: { authorization: `Bearer ${SECRET}` } }],
    ['variables', { request: { variables: { customer: SECRET } } }],
    ['a customer', { customer: SECRET }],
    ['a database error', { err: databaseError() }],
    ['a database error alone', databaseError()],
    ['a database error as a cause', new Error('could not save', { cause: databaseError() })],
    ['what was thrown and is no error', { err: { customer: SECRET } }],
  ])('keeps out %s', (_case, what) => {
    const lines = logged((logger) => logger.error(what));
    expect(lines.length).toBe(1);
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });

  it('keeps what helps to find the fault', () => {
    const [line] = logged((logger) =>
      logger.error({ err: new Error('outer', { cause: databaseError() }) }, 'failed'),
    );
    expect(line).toMatchObject({
      msg: 'failed',
      err: {
        type: 'Error',
        message: 'outer',
        stack: expect.arrayContaining([expect.stringContaining('logger.test.ts')]),
        cause: { message: 'a database error', code: '22P02' },
      },
    });
  });
});
