import { AsyncLocalStorage } from 'node:async_hooks';

/** The id of the request that is being answered, for the log and for the errors that it ends in. */
export const requestIds = new AsyncLocalStorage<string>();
