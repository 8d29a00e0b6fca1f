import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Random } from '../../src/demo/random.ts';
import { HOSTILE_NUMBERS, HOSTILE_TEXTS } from './hostile-values.ts';

/** What is on record, so that some requests get as far as the database: argument names and what they hold. */
export type Known = Readonly<Record<string, string>>;

const DEEPEST = 5;
/** Operations that compute for seconds where their arguments are right: what they are about is never on record. */
const HEAVY = /^(simulation|previewConfigChange|dataUseImpact)/;

/** Operations made of the schema, with hostile values in every argument. */
export class HostileOperations {
  readonly #mutations: GraphQLObjectType | undefined;
  readonly #queries: GraphQLObjectType;

  constructor(
    schema: GraphQLSchema,
    private readonly known: Known,
  ) {
    const queries = schema.getQueryType();
    if (queries === undefined || queries === null) throw new Error('the schema has no queries');
    this.#queries = queries;
    this.#mutations = schema.getMutationType() ?? undefined;
  }

  /** An operation that may be valid. */
  plain(random: Random): string {
    const mutation = this.#mutations !== undefined && random.chance(0.4);
    const root = mutation && this.#mutations !== undefined ? this.#mutations : this.#queries;
    const field = random.pick(Object.values(root.getFields()));
    return `${mutation ? 'mutation ' : ''}{ ${this.#field(field, random, 0, mutation)} }`;
  }

  /** One that is too deep, too wide, runs in circles or repeats itself. */
  shaped(random: Random): string {
    const size = random.pick([2, 30, 300, 3000]);
    const name = random.pick(Object.keys(this.#queries.getFields()));
    const viewer = 'viewer { subject }';
    return random.pick([
      () => `{ ${'campaign(key: "x") { currentRun { '.repeat(size)}id${' } }'.repeat(size)} }`,
      () => `{ ${Array.from({ length: size }, (_, n) => `a${n}: ${viewer}`).join(' ')} }`,
      () => `{ viewer { ${'subject '.repeat(size)} } }`,
      () => `{ ...A } fragment A on Query { ${viewer} ...B } fragment B on Query { ...A }`,
      () =>
        `{ ...F0 } ${Array.from({ length: Math.min(size, 300) }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`).join(' ')} fragment F${Math.min(size, 300)} on Query { ${viewer} }`,
      () => `{ viewer { subject ${'@include(if: true) '.repeat(size)} } }`,
      () => `{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }`,
      () => `{ ${name}(x: ${'['.repeat(size)}${']'.repeat(size)}) }`,
      () => `{ ${name}(x: ${'{a:'.repeat(size)}1${'}'.repeat(size)}) }`,
      () => `query (${Array.from({ length: size }, (_, n) => `$v${n}: Int`).join(' ')}) { ${viewer} }`,
      () => `${'{'.repeat(size)}`,
      () => `subscription { runProgress(campaign: "x") { step } }`,
      () => `query A { ${viewer} } query A { ${viewer} } mutation B { x }`,
      () => `{ ${name} { __typename } ${name} }`,
      () => `#${'x'.repeat(size)}\n{ ${viewer} }`,
      () => `{ viewer { ${'s'.repeat(size)} } }`,
      () => `"""${'"'.repeat(size)}`,
    ])();
  }

  #field(field: GraphQLField<unknown, unknown>, random: Random, depth: number, mutation: boolean): string {
    const trusted = !mutation && !HEAVY.test(field.name);
    const given = field.args
      .filter((arg) => isNonNullType(arg.type) || random.chance(0.2))
      .map((arg) => `${arg.name}: ${this.#argument(arg, field.name, random, trusted)}`);
    const call = given.length === 0 ? field.name : `${field.name}(${given.join(', ')})`;
    const type = getNamedType(field.type);
    if (!isObjectType(type)) return call;
    return `${call} { ${this.#selection(type, random, depth + 1)} }`;
  }

  #selection(type: GraphQLObjectType, random: Random, depth: number): string {
    const fields = Object.values(type.getFields());
    const chosen = Array.from({ length: random.integer(1, 5) }, () => random.pick(fields));
    const asked = chosen.flatMap((field, n) => {
      if (isObjectType(getNamedType(field.type)) && depth >= DEEPEST) return [];
      return [`a${n}: ${this.#field(field, random, depth, false)}`];
    });
    return ['__typename', ...asked].join(' ');
  }

  #argument(arg: GraphQLArgument, of: string, random: Random, trusted: boolean): string {
    const known = this.known[`${of}.${arg.name}`] ?? this.known[arg.name];
    if (trusted && known !== undefined && random.chance(0.8)) return known;
    return this.#value(arg.type, random, 0);
  }

  #value(type: GraphQLInputType, random: Random, depth: number): string {
    if (random.chance(0.02))
      return random.pick(['null', '1', '"x"', '[]', '{}', 'X', 'true', '$v', '[[["x"]]]']);
    if (isNonNullType(type)) return this.#value(type.ofType, random, depth);
    if (isListType(type)) {
      const length = random.pick([0, 1, 2, 50]);
      return `[${Array.from({ length }, () => this.#value(type.ofType, random, depth + 1)).join(', ')}]`;
    }
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      const given = fields.filter((field) =>
        isNonNullType(field.type) ? random.chance(0.98) : random.chance(0.3),
      );
      return `{ ${given.map((field: GraphQLInputField) => `${field.name}: ${this.#value(field.type, random, depth + 1)}`).join(', ')} }`;
    }
    if (isEnumType(type)) return random.pick(type.getValues()).name;
    if (type.name === 'Int' || type.name === 'Float') return random.pick(HOSTILE_NUMBERS);
    if (type.name === 'Boolean') return random.pick(['true', 'false']);
    return JSON.stringify(random.pick(HOSTILE_TEXTS));
  }
}
