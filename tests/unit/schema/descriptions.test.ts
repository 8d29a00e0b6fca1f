import {
  type GraphQLArgument,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { expect, it } from 'vitest';
import { buildApiSchema } from '../../../src/resolvers/api-schema.ts';

/** What a reader of the schema meets. */
interface Part {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly args?: readonly GraphQLArgument[];
}

const ROOTS = ['Query', 'Mutation', 'Subscription'];

function membersOf(type: GraphQLNamedType): readonly Part[] {
  if (isEnumType(type)) return type.getValues();
  if (isInputObjectType(type)) return Object.values(type.getFields());
  return isObjectType(type) ? Object.values(type.getFields()) : [];
}

/** A type and all that is in it, by their whole names. The argument `input` is described by its type. */
function partsOf(type: GraphQLNamedType): readonly Part[] {
  const members = membersOf(type).flatMap(({ name, description, args = [] }) => {
    const whole = `${type.name}.${name}`;
    const given = args.filter((arg) => arg.name !== 'input');
    return [
      { name: whole, description },
      ...given.map((arg) => ({ name: `${whole}(${arg.name})`, description: arg.description })),
    ];
  });
  return ROOTS.includes(type.name) ? members : [type, ...members];
}

it('says of every type, value, field and argument what it means', () => {
  const types = Object.values(buildApiSchema().getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
  );
  const parts = types.flatMap(partsOf);
  expect(parts.length).toBeGreaterThan(1000);
  expect(parts.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
});
