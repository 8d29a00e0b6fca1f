import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildASTSchema,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isScalarType,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildApiSchema } from '../../../src/resolvers/api-schema.ts';

const CONTRACT = join(import.meta.dirname, '../../../../shared/design/contract.graphql');

/** What the contract holds and the service does not have yet; a name that is built must leave the list. */
const NOT_BUILT_YET = new Set(
  `
  Query.evaluation Evaluation EvaluationWindow ArmResult Uplift NeverChosen SelectionRate
  Query.weekReport WeekReport WeekVolume ProfileRow
  `
    .trim()
    .split(/\s+/),
);

type Facts = ReadonlyMap<string, string>;

/** Every name of a type with what a client relies on: "Run.week" is "IsoWeek!", "Query.run(week)" is "IsoWeek! =". */
function factsOf(type: GraphQLNamedType): Facts {
  if (isScalarType(type)) return new Map([[type.name, 'scalar']]);
  if (isEnumType(type)) {
    return new Map(type.getValues().map(({ name }) => [`${type.name}.${name}`, 'value']));
  }
  if (isInputObjectType(type)) {
    return new Map(
      Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, given(field)]),
    );
  }
  if (!isObjectType(type)) throw new Error(`${type.name} is of a kind that the contract does not use`);
  return new Map(
    Object.values(type.getFields()).flatMap((field): [string, string][] => [
      [`${type.name}.${field.name}`, String(field.type)],
      ...field.args.map((arg): [string, string] => [`${type.name}.${field.name}(${arg.name})`, given(arg)]),
    ]),
  );
}

function given({ type, defaultValue }: GraphQLArgument | GraphQLInputField): string {
  return `${type} = ${JSON.stringify(defaultValue)}`;
}

const isBuilt = (name: string): boolean =>
  !NOT_BUILT_YET.has(name.split('.')[0] ?? '') && !NOT_BUILT_YET.has(name.split('(')[0] ?? '');

describe.skipIf(!existsSync(CONTRACT))('the contract that the portals are written against', () => {
  const contract = buildASTSchema(
    parse(existsSync(CONTRACT) ? readFileSync(CONTRACT, 'utf8') : 'type Query { skipped: Int }'),
  );
  const promised = Object.values(contract.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const ours = buildApiSchema();

  it.each(promised.filter(({ name }) => isBuilt(name)).map((type) => [type.name, type] as const))(
    '%s is there, name by name',
    (name, type) => {
      const built = ours.getType(name);
      expect(built, `the schema has no ${name}`).toBeDefined();
      if (built === undefined) return;
      const facts = factsOf(built);
      const wanted = [...factsOf(type)].filter(([fact]) => isBuilt(fact));
      expect(Object.fromEntries(wanted.map(([fact]) => [fact, facts.get(fact)]))).toEqual(
        Object.fromEntries(wanted),
      );
    },
  );

  it('asks for nothing that the contract does not name', () => {
    const demands = Object.values(ours.getTypeMap()).flatMap((type) => {
      const known = contract.getType(type.name);
      if (known === undefined || type.name.startsWith('__')) return [];
      const facts = factsOf(known);
      if (isInputObjectType(type)) {
        const fields = Object.values(type.getFields()).filter(isRequiredInputField);
        return fields.map(({ name }) => `${type.name}.${name}`).filter((name) => !facts.has(name));
      }
      if (!isObjectType(type)) return [];
      return Object.values(type.getFields())
        .filter((field) => facts.has(`${type.name}.${field.name}`))
        .flatMap((field) =>
          field.args.filter(isRequiredArgument).map((arg) => `${type.name}.${field.name}(${arg.name})`),
        )
        .filter((name) => !facts.has(name));
    });
    expect(demands).toEqual([]);
  });

  it('lists as not built what the contract holds and the schema does not', () => {
    const has = (schema: typeof ours, name: string): boolean => {
      const [typeName = '', field] = name.split('.');
      const type = schema.getType(typeName);
      if (type === undefined || field === undefined) return type !== undefined;
      return isObjectType(type) && type.getFields()[field] !== undefined;
    };
    const stale = [...NOT_BUILT_YET].filter((name) => !has(contract, name) || has(ours, name));
    expect(stale).toEqual([]);
  });
});
