import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  GraphQLInt,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getVariableValues,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
  valueFromAST,
} from 'graphql';
import { refuse } from '../../domain/refusal.ts';

/** How much one operation may ask for. */
export const LIMITS = {
  /** Words and signs of a document; the introspection query has about 300. */
  tokens: 2000,
  /** Braces, brackets and parentheses within each other: each is a call of the parser, whose stack has an end. */
  nesting: 100,
  /** Selections of a document once its fragments are put in. */
  selections: 2000,
  /** Objects within each other; a batch's recipient's decision's proof lies 9 deep. */
  depth: 12,
  /** Items of a page. */
  pageSize: 200,
  /** Fields that the answer can hold. 50 runs with checks, funnel and manifest cost 10,000. */
  cost: 20_000,
} as const;

/** How long a list is taken to be that the client cannot page. */
const UNPAGED_LIST = 10;

/** Refuses a text that nests deeper than LIMITS before it is parsed; what is no text of GraphQL is left to the parser. */
export function assertNesting(text: string): void {
  const lexer = new Lexer(new Source(text));
  let depth = 0;
  for (let read = 0; read < LIMITS.tokens; read += 1) {
    const kind = nextKind(lexer);
    if (kind === TokenKind.EOF) return;
    if (OPENING.has(kind)) depth += 1;
    if (CLOSING.has(kind)) depth -= 1;
    if (depth > LIMITS.nesting) exceeded('QUERY_DEPTH', `This nests more than ${LIMITS.nesting} deep.`);
  }
}

const OPENING = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

function nextKind(lexer: Lexer): TokenKind {
  try {
    return lexer.advance().kind;
  } catch (error) {
    if (error instanceof GraphQLError) return TokenKind.EOF;
    throw error;
  }
}

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
  selections: number;
}

/**
 * Refuses a validated operation that asks for more than LIMITS, or costs more than its client may ask for. Each field costs 1, and what stands below a list as often
 * as the list is long: `first`, or UNPAGED_LIST. Variables that do not fit are left for execution to refuse.
 * Own, because graphql-query-complexity loads a second copy of graphql in Node and then finds that nothing costs
 * anything.
 */
export function assertWithinLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
  mostCost: number = LIMITS.cost,
): void {
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  const root = schema.getRootType(operation.operation);
  if (coerced === undefined || root === undefined || root === null) return;
  const walk = { schema, fragments: fragmentsOf(document), variables: coerced, selections: 0 };
  const cost = costOf(operation.selectionSet, root, 1, walk);
  if (cost > mostCost) {
    exceeded(
      'QUERY_COST',
      `This asks for up to ${cost} fields, more than ${mostCost}; ask for less at once.`,
    );
  }
}

function costOf(set: SelectionSetNode, type: GraphQLNamedType, depth: number, walk: Walk): number {
  if (depth > LIMITS.depth) exceeded('QUERY_DEPTH', `This goes more than ${LIMITS.depth} objects deep.`);
  let cost = 0;
  for (const selection of set.selections) {
    walk.selections += 1;
    if (walk.selections > LIMITS.selections) {
      exceeded('QUERY_SIZE', `This has more than ${LIMITS.selections} selections.`);
    }
    if (selection.kind === Kind.FIELD) {
      cost += costOfField(selection, type, depth, walk);
    } else {
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : walk.fragments.get(selection.name.value);
      const condition = fragment?.typeCondition?.name.value;
      const narrowed = condition === undefined ? type : walk.schema.getType(condition);
      if (fragment !== undefined && isCompositeType(narrowed)) {
        cost += costOf(fragment.selectionSet, narrowed, depth, walk);
      }
    }
  }
  return cost;
}

function costOfField(node: FieldNode, parent: GraphQLNamedType, depth: number, walk: Walk): number {
  const fields = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields() : {};
  const field = fields[node.name.value];
  // Introspection is not below a field of ours; validation bounds it by itself.
  if (field === undefined || node.selectionSet === undefined) return 1;
  const below = costOf(node.selectionSet, getNamedType(field.type), depth + 1, walk);
  return 1 + lengthOf(field, node, parent, walk) * below;
}

function lengthOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  parent: GraphQLNamedType,
  { variables }: Walk,
): number {
  const paged = field.args.find(({ name }) => name === 'first');
  if (paged !== undefined) {
    const given = node.arguments?.find(({ name }) => name.value === 'first');
    const first = given === undefined ? paged.defaultValue : valueFromAST(given.value, GraphQLInt, variables);
    if (typeof first !== 'number') return LIMITS.pageSize;
    if (first < 0) refuse('BAD_INPUT', 'PAGE_SIZE', 'A page cannot have fewer than 0 items.');
    if (first > LIMITS.pageSize) {
      exceeded('PAGE_SIZE', `A page has ${LIMITS.pageSize} items at most; take the next one with \`after\`.`);
    }
    return first;
  }
  // The items of a page were counted where the page was asked for.
  if (!isListType(getNullableType(field.type)) || parent.name.endsWith('Connection')) return 1;
  return UNPAGED_LIST;
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

function exceeded(rule: string, message: string): never {
  return refuse('LIMIT_EXCEEDED', rule, message);
}
