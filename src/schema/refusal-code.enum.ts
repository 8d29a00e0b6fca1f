import { GraphQLEnumType } from 'graphql';
import { REFUSAL_CODES, type RefusalCode } from '../domain/refusal.ts';

const MEANINGS: Readonly<Record<RefusalCode, string>> = {
  UNAUTHENTICATED: 'Nobody is signed in, or the token does not hold.',
  FORBIDDEN: 'The roles or scopes do not permit it.',
  NOT_FOUND: 'There is no such thing.',
  BAD_INPUT: 'What was sent cannot be what it says.',
  INVALID_STATE: 'Not in the status that it has, or not now.',
  FOUR_EYES: 'It takes another person.',
  CONFLICT: 'Somebody else was there first.',
  NOT_SIGNED_OFF: 'A data use or an approval is missing.',
  GATE_FAILED: 'A gate refuses the model version.',
  CHECK_HALTED: 'A check halted the run.',
  LIMIT_EXCEEDED: 'More than is allowed at once.',
  ERASED: 'The customer was erased.',
  UNAVAILABLE: 'Not at this moment; try again.',
  INTERNAL: 'A fault of the service; quote extensions.id.',
};

/** No field returns it: it stands in the schema to say which codes an error's extensions can carry. */
export const refusalCodeEnum = new GraphQLEnumType({
  name: 'RefusalCode',
  description: 'The closed list of codes by which the service refuses, in `extensions.code` of an error.',
  values: Object.fromEntries(REFUSAL_CODES.map((code) => [code, { description: MEANINGS[code] }])),
});
