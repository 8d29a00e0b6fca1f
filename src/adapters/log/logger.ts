import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { loggableError } from './loggable-error.ts';

/** Keys under which a person's id, a secret or a client's input could hide, wherever in a line they stand. */
const HIDDEN = [
  'authorization',
  'token',
  'password',
  'cookie',
  // Addresses hold the passwords of those who use them.
  'url',
  'databaseUrl',
  'smtpUrl',
  'connectionString',
  'variables',
  'customer',
  'customers',
  'party_id',
];

/**
 * The service's log, one JSON object a line. `fields` adds what is known of the work at hand, a request's id for
 * example. Errors are written without values that a database or a client put into them.
 */
export function createLogger(options: {
  readonly level: string;
  readonly fields?: () => Readonly<Record<string, string>>;
  readonly destination?: DestinationStream;
}): Logger {
  const { level, fields, destination } = options;
  const settings: LoggerOptions = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: loggableError, error: loggableError },
    // An error that is logged without words must not lend its message to the line.
    hooks: {
      logMethod(args, method) {
        const [subject, ...rest] = args;
        method.apply(this, rest.length === 0 && typeof subject !== 'string' ? [subject, ''] : args);
      },
    },
    redact: {
      paths: HIDDEN.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
      censor: '[hidden]',
    },
    ...(fields === undefined ? {} : { mixin: fields }),
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}
