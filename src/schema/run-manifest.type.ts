import { Field, Int, ObjectType } from 'type-graphql';
import { DateScalar, DigestScalar } from './scalars.ts';

@ObjectType({ description: 'A file of the feed as it was used.' })
export class FeedFile {
  @Field(() => String)
  readonly name!: string;

  @Field(() => DigestScalar)
  readonly digest!: string;

  @Field(() => Int)
  readonly rows!: number;

  @Field(() => Int)
  readonly rejected!: number;

  @Field(() => DateScalar)
  readonly asOf!: string;
}

@ObjectType({ description: 'What a run was made of: reproducing it needs the record alone.' })
export class RunManifest {
  @Field(() => DigestScalar)
  readonly digest!: string;

  @Field(() => DigestScalar)
  readonly snapshotDigest!: string;

  @Field(() => Int)
  readonly snapshotRows!: number;

  @Field(() => [FeedFile])
  readonly feedFiles!: readonly FeedFile[];

  @Field(() => DigestScalar)
  readonly modelDigest!: string;

  @Field(() => DigestScalar)
  readonly configDigest!: string;

  @Field(() => String)
  readonly seed!: string;

  @Field(() => DigestScalar, { description: 'Merkle root of the decisions.' })
  readonly decisionRoot!: string;

  @Field(() => String)
  readonly engineVersion!: string;

  @Field(() => String, { nullable: true })
  readonly engineCommit!: string | null;

  @Field(() => String, { description: 'The model runtime: version, options, CPU class.' })
  readonly runtime!: string;

  @Field(() => Int, { nullable: true, description: 'Null until the log has sequenced it, about a second.' })
  readonly auditIndex!: number | null;
}
