import { Field, ObjectType } from 'type-graphql';
import { FeatureOverride } from './config-version.type.ts';

@ObjectType({ description: 'An override of the settings of a run, and what became of it there.' })
export class RunOverride extends FeatureOverride {
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether it held its feature; false where it had expired by the day of the feed, null while there is none.',
  })
  readonly applied!: boolean | null;
}
