import { GraphQLEnumType } from 'graphql';
import { REFUSAL_CODES } from '../domain/refusal.ts';

/** No field returns it: it stands in the schema to say which codes an error's extensions can carry. */
export const refusalCodeEnum = new GraphQLEnumType({
  name: 'RefusalCode',
  description: 'The closed list of codes by which the service refuses, in `extensions.code` of an error.',
  values: Object.fromEntries(REFUSAL_CODES.map((code) => [code, {}])),
});
