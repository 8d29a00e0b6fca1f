import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import { REFUSAL_CODES, type RefusalCode, RefusalError } from '../domain/refusal.ts';
import { isOutage } from '../store/outage.ts';

/** Turns an error into what the client is told. */
export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Where what went wrong is written down, under the id that the client got. */
export type FaultLog = (id: string, error: unknown) => void;

/** How GraphQL and Apollo call what a client did wrong. */
const CLIENT_FAULTS: Readonly<Record<string, RefusalCode>> = {
  GRAPHQL_PARSE_FAILED: 'BAD_INPUT',
  GRAPHQL_VALIDATION_FAILED: 'BAD_INPUT',
  OPERATION_RESOLUTION_FAILURE: 'BAD_INPUT',
  PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_INPUT',
  BAD_USER_INPUT: 'BAD_INPUT',
  BAD_REQUEST: 'BAD_INPUT',
};

/**
 * A refusal and a mistake of the client's are told as they are, with a code of the closed list. Everything else is a
 * fault: the client gets an id, the log gets the error.
 */
export function createFormatError(nextId: () => string, log: FaultLog): FormatError {
  return (formatted, error) => {
    const id = nextId();
    const where = {
      ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
      ...(formatted.path === undefined ? {} : { path: formatted.path }),
    };
    const cause = rootOf(error);
    if (cause instanceof RefusalError) {
      const { code, rule, message } = cause.refusal;
      if (cause.cause !== undefined) log(id, cause);
      return { message, ...where, extensions: { code, rule, id } };
    }
    const code = clientFault(formatted, cause);
    if (code !== undefined) return { message: formatted.message, ...where, extensions: { code, id } };
    log(id, cause);
    if (isOutage(cause)) {
      const message = `The database is out of reach; try again, or quote ${id}.`;
      return { message, ...where, extensions: { code: 'UNAVAILABLE', id } };
    }
    return {
      message: `This went wrong on our side; quote ${id} to have it found.`,
      ...where,
      extensions: { code: 'INTERNAL', id },
    };
  };
}

/** What was thrown, without what GraphQL wrapped around it. */
function rootOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined
    ? rootOf(error.originalError)
    : error;
}

function clientFault({ extensions }: GraphQLFormattedError, cause: unknown): RefusalCode | undefined {
  if (!(cause instanceof GraphQLError)) return undefined;
  const code = String(extensions?.code);
  if (extensions?.validationErrorCode === 'MAX_RECURSIVE_SELECTIONS_EXCEEDED') return 'LIMIT_EXCEEDED';
  if (Object.hasOwn(CLIENT_FAULTS, code)) return CLIENT_FAULTS[code];
  // An argument that only execution could judge: its value is blamed, where a fault of ours blames the field.
  const blamed = cause.nodes?.[0]?.kind;
  if (blamed !== undefined && blamed !== Kind.FIELD) return 'BAD_INPUT';
  return REFUSAL_CODES.find((known) => known === code && known !== 'INTERNAL');
}
