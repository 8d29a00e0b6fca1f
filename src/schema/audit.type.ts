import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Role } from '../domain/permissions.ts';
import { connectionOf } from './connection.type.ts';
import { DateTimeScalar, DigestScalar } from './scalars.ts';
import { RoleEnum } from './viewer.type.ts';

@ObjectType({ description: 'An immutable line in the log: who did or read what, when, under which role.' })
export class AuditEntry {
  @Field(() => Int)
  readonly index!: number;

  @Field(() => DateTimeScalar)
  readonly at!: Date;

  @Field(() => ID)
  readonly actor!: string;

  @Field(() => RoleEnum, { nullable: true, description: 'Null where no role of theirs permitted it.' })
  readonly role!: Role | null;

  @Field(() => String)
  readonly action!: string;

  @Field(() => String, { nullable: true })
  readonly campaign!: string | null;

  @Field(() => String, { nullable: true })
  readonly subject!: string | null;

  @Field(() => DigestScalar, { nullable: true, description: 'The digest of what it was about.' })
  readonly digest!: string | null;

  @Field(() => String)
  readonly summary!: string;

  @Field(() => DigestScalar)
  readonly leaf!: string;
}

export const AuditEntryConnection = connectionOf('AuditEntry', AuditEntry);

@ObjectType({ description: 'A signed tree head of the log.' })
export class AuditCheckpoint {
  @Field(() => String)
  readonly origin!: string;

  @Field(() => Int)
  readonly size!: number;

  @Field(() => DigestScalar)
  readonly root!: string;

  @Field(() => String, { description: 'The checkpoint as a C2SP signed note.' })
  readonly signedNote!: string;

  @Field(() => DateTimeScalar)
  readonly at!: Date;
}

@ObjectType({ description: 'The path of an entry to the root of a tree (RFC 6962).' })
export class InclusionProof {
  @Field(() => Int)
  readonly index!: number;

  @Field(() => Int)
  readonly treeSize!: number;

  @Field(() => DigestScalar)
  readonly leaf!: string;

  @Field(() => [DigestScalar])
  readonly path!: readonly string[];
}

@ObjectType({ description: 'The path that shows that one tree is the beginning of another (RFC 6962).' })
export class ConsistencyProof {
  @Field(() => Int)
  readonly from!: number;

  @Field(() => Int)
  readonly to!: number;

  @Field(() => [DigestScalar])
  readonly path!: readonly string[];
}

@InputType()
export class AuditFilter {
  @Field(() => String, { nullable: true })
  readonly campaign?: string | null;

  @Field(() => ID, { nullable: true })
  readonly actor?: string | null;

  @Field(() => [String], { nullable: true })
  readonly action?: readonly string[] | null;

  @Field(() => String, { nullable: true })
  readonly subject?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly from?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly to?: Date | null;
}
