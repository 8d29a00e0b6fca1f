import { Field, ObjectType } from 'type-graphql';
import { type CheckKind, VERDICTS, type Verdict } from '../domain/check.ts';
import { wordEnum } from './word-enum.ts';

const CHECK_KINDS = ['FEED', 'DOMAIN', 'OUTPUT'] as const satisfies readonly CheckKind[];

export const CheckKindEnum = wordEnum('CheckKind', CHECK_KINDS, 'What a check looks at.', {
  FEED: 'The feed as it came.',
  DOMAIN: 'Whether the world is as the model knows it.',
  OUTPUT: 'What the run would do.',
});
export const VerdictEnum = wordEnum('Verdict', VERDICTS, 'What a check says; HALT stops the run.', {
  PASS: 'Within the limits.',
  WARN: 'Beyond the limit that warns.',
  HALT: 'Beyond the limit that halts.',
});

@ObjectType({ description: 'A named test of input, domain or output.' })
export class Check {
  @Field(() => String, { description: 'Its name, such as MARKET_BAND.' })
  readonly name!: string;

  @Field(() => CheckKindEnum, { description: 'What it looks at.' })
  readonly kind!: CheckKind;

  @Field(() => VerdictEnum, { description: 'What came of it.' })
  readonly verdict!: Verdict;

  @Field(() => String, { description: 'What was measured, as a person reads it.' })
  readonly measured!: string;

  @Field(() => String, { description: 'The limit, as a person reads it.' })
  readonly limit!: string;

  @Field(() => String, { description: 'What that means.' })
  readonly message!: string;

  @Field(() => String, { nullable: true, description: 'The column or feature that was judged.' })
  readonly subject!: string | null;
}
