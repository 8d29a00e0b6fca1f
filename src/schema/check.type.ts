import { Field, ObjectType } from 'type-graphql';
import { type CheckKind, VERDICTS, type Verdict } from '../domain/check.ts';
import { wordEnum } from './word-enum.ts';

const CHECK_KINDS = ['FEED', 'DOMAIN', 'OUTPUT'] as const satisfies readonly CheckKind[];

export const CheckKindEnum = wordEnum('CheckKind', CHECK_KINDS, 'What a check looks at.');
export const VerdictEnum = wordEnum('Verdict', VERDICTS, 'What a check says; HALT stops the run.');

@ObjectType({ description: 'A named test of input, domain or output.' })
export class Check {
  @Field(() => String)
  readonly name!: string;

  @Field(() => CheckKindEnum)
  readonly kind!: CheckKind;

  @Field(() => VerdictEnum)
  readonly verdict!: Verdict;

  @Field(() => String)
  readonly measured!: string;

  @Field(() => String)
  readonly limit!: string;

  @Field(() => String)
  readonly message!: string;

  @Field(() => String, { nullable: true, description: 'The column or feature that was judged.' })
  readonly subject!: string | null;
}
