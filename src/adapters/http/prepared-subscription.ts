import {
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { RefusalError, refuse } from '../../domain/refusal.ts';
import { assertNesting, assertWithinLimits, LIMITS } from './operation-limits.ts';

/** A subscription that may be executed, under the limits of POST requests; else what is wrong with it. */
export function preparedSubscription(
  schema: GraphQLSchema,
  { query, operationName, variables }: SubscribePayload,
  mostCost: number,
): ExecutionArgs | readonly GraphQLError[] {
  try {
    assertNesting(query);
    const document = parse(query, { maxTokens: LIMITS.tokens });
    const faults = validate(schema, document);
    if (faults.length > 0) return faults.map(badInput);
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
      return refuse('BAD_INPUT', 'SUBSCRIPTIONS_ONLY', 'Queries and mutations go by POST.');
    }
    assertWithinLimits(schema, document, operation, variables ?? {}, mostCost);
    return { schema, document, operationName: operationName ?? null, variableValues: variables ?? {} };
  } catch (error) {
    if (error instanceof RefusalError) return [new GraphQLError(error.message, { originalError: error })];
    if (error instanceof GraphQLError) return [badInput(error)];
    throw error;
  }
}

function badInput({ message, nodes, source, positions }: GraphQLError): GraphQLError {
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code: 'BAD_INPUT' },
  });
}
