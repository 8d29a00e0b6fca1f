import { Field, Int, ObjectType } from 'type-graphql';
import { IsoWeekScalar } from './scalars.ts';

@ObjectType({ description: 'Recipients of an age band, as recorded and with the proposed settings.' })
export class BandImpact {
  @Field(() => String, { description: 'The age band, in years.' })
  readonly band!: string;

  @Field(() => Int, { description: 'By the record.' })
  readonly before!: number;

  @Field(() => Int, { description: 'With the proposed settings.' })
  readonly after!: number;
}

@ObjectType({
  description: 'What proposed settings make of a recorded week: before + enter − leave = after.',
})
export class WeekImpact {
  @Field(() => IsoWeekScalar, { description: 'The recorded week.' })
  readonly week!: string;

  @Field(() => Int, { description: 'Customers to mail by the record.' })
  readonly before!: number;

  @Field(() => Int, { description: 'Customers to mail with the proposed settings.' })
  readonly after!: number;

  @Field(() => Int, {
    description: 'Customers whom the record does not mail and the proposed settings would.',
  })
  readonly enter!: number;

  @Field(() => Int, { description: 'Customers whom the record mails and the proposed settings would not.' })
  readonly leave!: number;

  @Field(() => [BandImpact], { description: 'The same per age band.' })
  readonly bands!: readonly BandImpact[];
}

@ObjectType({ description: 'Proposed settings, replayed on the last recorded weeks, oldest first.' })
export class ConfigImpact {
  @Field(() => [WeekImpact], { description: 'The weeks, one by one.' })
  readonly weeks!: readonly WeekImpact[];

  @Field(() => [String], { description: 'What an approver should know, as sentences.' })
  readonly warnings!: readonly string[];
}
