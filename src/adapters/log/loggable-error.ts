/** What the log keeps of an error. */
export interface LoggableError {
  readonly type: string;
  readonly message: string;
  readonly stack: readonly string[];
  /** Of a database error: its SQLSTATE and the names that it gives. */
  readonly code?: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly column?: string;
  readonly cause?: LoggableError;
}

const NAMES = ['code', 'constraint', 'table', 'column'] as const;
const DEEPEST_CAUSE = 5;

/**
 * The part of an error that is safe to keep. A database error's text, detail and parameters can hold customers' data,
 * so only its code and names stay; of any other error the message, the frames and the cause.
 */
export function loggableError(error: unknown, depth = 0): LoggableError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an error object', stack: [] };
  const names = Object.fromEntries(
    NAMES.flatMap((name) => {
      const value: unknown = Reflect.get(error, name);
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
  const fromDatabase = /^[0-9A-Z]{5}$/.test(names.code ?? '') || error.name === 'QueryFailedError';
  return {
    type: error.name,
    message: fromDatabase ? 'a database error' : error.message,
    stack: framesOf(error),
    ...names,
    ...(error.cause === undefined || depth === DEEPEST_CAUSE
      ? {}
      : { cause: loggableError(error.cause, depth + 1) }),
  };
}

/** The frames alone: the stack's head repeats the message. */
function framesOf({ stack = '' }: Error): readonly string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
}
