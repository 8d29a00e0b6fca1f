import { Field, Int, ObjectType } from 'type-graphql';
import { DateScalar, DigestScalar } from './scalars.ts';

@ObjectType({ description: 'A file of the feed as it was used.' })
export class FeedFile {
  @Field(() => String, { description: 'The name of the file.' })
  readonly name!: string;

  @Field(() => DigestScalar, { description: 'SHA-256 of the file.' })
  readonly digest!: string;

  @Field(() => Int, { description: 'Rows that were used.' })
  readonly rows!: number;

  @Field(() => Int, { description: 'Rows that were rejected.' })
  readonly rejected!: number;

  @Field(() => DateScalar, { description: 'The day of which its data are.' })
  readonly asOf!: string;
}

@ObjectType({ description: 'What a run was made of: reproducing it needs the record alone.' })
export class RunManifest {
  @Field(() => DigestScalar, { description: 'Of the whole manifest.' })
  readonly digest!: string;

  @Field(() => DigestScalar, { description: 'Of the frozen rows.' })
  readonly snapshotDigest!: string;

  @Field(() => Int, { description: 'How many rows were frozen.' })
  readonly snapshotRows!: number;

  @Field(() => [FeedFile], { description: 'The files of the feed.' })
  readonly feedFiles!: readonly FeedFile[];

  @Field(() => DigestScalar, { description: 'Of the model package.' })
  readonly modelDigest!: string;

  @Field(() => DigestScalar, { description: 'Of the settings.' })
  readonly configDigest!: string;

  @Field(() => String, { description: 'Of whatever was drawn at random.' })
  readonly seed!: string;

  @Field(() => DigestScalar, { description: 'Merkle root of the decisions.' })
  readonly decisionRoot!: string;

  @Field(() => String, { description: 'The release of the service.' })
  readonly engineVersion!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The commit that it was built from; null where that is not known.',
  })
  readonly engineCommit!: string | null;

  @Field(() => String, { description: 'The model runtime: version, options, CPU class.' })
  readonly runtime!: string;

  @Field(() => Int, { nullable: true, description: 'Null until the log has sequenced it, about a second.' })
  readonly auditIndex!: number | null;
}
