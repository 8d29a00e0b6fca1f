import { Field, Int, ObjectType } from 'type-graphql';
import { IsoWeekScalar } from './scalars.ts';

@ObjectType({ description: 'Recipients of an age band, as recorded and with the proposed settings.' })
export class BandImpact {
  @Field(() => String)
  readonly band!: string;

  @Field(() => Int)
  readonly before!: number;

  @Field(() => Int)
  readonly after!: number;
}

@ObjectType({
  description: 'What proposed settings make of a recorded week: before + enter − leave = after.',
})
export class WeekImpact {
  @Field(() => IsoWeekScalar)
  readonly week!: string;

  @Field(() => Int, { description: 'Customers to mail by the record.' })
  readonly before!: number;

  @Field(() => Int, { description: 'Customers to mail with the proposed settings.' })
  readonly after!: number;

  @Field(() => Int)
  readonly enter!: number;

  @Field(() => Int)
  readonly leave!: number;

  @Field(() => [BandImpact])
  readonly bands!: readonly BandImpact[];
}

@ObjectType({ description: 'Proposed settings, replayed on the last recorded weeks, oldest first.' })
export class ConfigImpact {
  @Field(() => [WeekImpact])
  readonly weeks!: readonly WeekImpact[];

  @Field(() => [String])
  readonly warnings!: readonly string[];
}
