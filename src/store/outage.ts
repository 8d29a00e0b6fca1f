import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';

/** SQLSTATE classes and system codes of a database that went away: connection (08), operator intervention (57P), sockets. */
const OUTAGE = /^(08...|57P0.|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

/** Whether the database went away, which says nothing about what was being done: it can be tried again. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && OUTAGE.test(error.code)) return true;
  // A connection that ended between two queries of a transaction was taken from it.
  if (
    error instanceof QueryRunnerProviderAlreadyReleasedError ||
    error instanceof QueryRunnerAlreadyReleasedError
  )
    return true;
  // The driver has no code for a connection that ended under a query.
  if (/Connection terminated|Client has encountered a connection error/.test(error.message)) return true;
  return 'driverError' in error ? isOutage(error.driverError) : false;
}
