import { Kind, type OperationDefinitionNode } from 'graphql';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What is measured of the API. Every label comes from the schema or from a closed list, never from a client. */
export interface HttpMetrics {
  /** `outcome` is `ok` or the code of the first error. */
  answered(operation: string, outcome: string, seconds: number): void;
  /** A request that was turned away before it was an operation. */
  turnedAway(status: number): void;
  sockets(change: 1 | -1): void;
}

export function httpMetrics(registry: Registry): HttpMetrics {
  const durations = new Histogram({
    name: 'waarom_graphql_duration_seconds',
    help: 'Time to answer an operation, by its root field and by what came of it',
    labelNames: ['operation', 'outcome'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  const turnedAway = new Counter({
    name: 'waarom_http_turned_away_total',
    help: 'Requests that were answered before they were an operation, by status',
    labelNames: ['status'],
    registers: [registry],
  });
  const sockets = new Gauge({
    name: 'waarom_subscription_sockets',
    help: 'Open WebSocket connections',
    registers: [registry],
  });
  return {
    answered: (operation, outcome, seconds) => durations.observe({ operation, outcome }, seconds),
    turnedAway: (status) => turnedAway.inc({ status: String(status) }),
    sockets: (change) => sockets.inc(change),
  };
}

/** The root field of a validated operation, `several` when there is not exactly one, `none` without an operation. */
export function rootFieldOf(operation: OperationDefinitionNode | undefined): string {
  if (operation === undefined) return 'none';
  const [first, second] = operation.selectionSet.selections;
  return first?.kind === Kind.FIELD && second === undefined ? first.name.value : 'several';
}
