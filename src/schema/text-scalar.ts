import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/** What a scalar that travels as a string is made of. */
interface TextScalar {
  readonly name: string;
  readonly description: string;
  /** What a text must look like, for the person who sent another one. */
  readonly form: string;
  readonly holds: (text: string) => boolean;
}

/**
 * A scalar whose texts all satisfy `holds`. Another input is refused with the form that was expected;
 * another output is a fault of the service.
 */
export function textScalar({
  name,
  description,
  form,
  holds,
}: TextScalar): GraphQLScalarType<string, string> {
  const parse = (value: unknown, nodes?: GraphQLError['nodes']): string => {
    if (typeof value === 'string' && holds(value)) return value;
    throw new GraphQLError(`${name} is ${form}`, { nodes: nodes ?? null });
  };
  return new GraphQLScalarType<string, string>({
    name,
    description,
    parseValue: (value) => parse(value),
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined, [node]),
    serialize: (value) => {
      if (typeof value === 'string' && holds(value)) return value;
      throw new TypeError(`a field of type ${name} holds something else`);
    },
  });
}
