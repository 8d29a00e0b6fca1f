import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Role } from '../domain/permissions.ts';
import { connectionOf } from './connection.type.ts';
import { DateTimeScalar, DigestScalar } from './scalars.ts';
import { RoleEnum } from './viewer.type.ts';

@ObjectType({ description: 'An immutable line in the log: who did or read what, when, under which role.' })
export class AuditEntry {
  @Field(() => Int, { description: 'Its place in the log, from 0.' })
  readonly index!: number;

  @Field(() => DateTimeScalar, { description: 'When it was done.' })
  readonly at!: Date;

  @Field(() => ID, {
    description:
      'Who did it: the pseudonymous id, `client:` and the id of a service client, `engine` or `command-line`.',
  })
  readonly actor!: string;

  @Field(() => RoleEnum, { nullable: true, description: 'Null where no role of theirs permitted it.' })
  readonly role!: Role | null;

  @Field(() => String, { description: 'What was done, such as batch.approve.' })
  readonly action!: string;

  @Field(() => String, { nullable: true, description: 'The campaign that it was about; null of none.' })
  readonly campaign!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What it was about: the id of a run, batch or change, or the name in the log of a customer.',
  })
  readonly subject!: string | null;

  @Field(() => DigestScalar, { nullable: true, description: 'The digest of what it was about.' })
  readonly digest!: string | null;

  @Field(() => String, { description: 'The entry as a sentence.' })
  readonly summary!: string;

  @Field(() => DigestScalar, { description: 'Its leaf in the Merkle tree of the log.' })
  readonly leaf!: string;
}

export const AuditEntryConnection = connectionOf('AuditEntry', AuditEntry);

@ObjectType({ description: 'A signed tree head of the log.' })
export class AuditCheckpoint {
  @Field(() => String, { description: 'The name of the log.' })
  readonly origin!: string;

  @Field(() => Int, { description: 'How many entries the log had.' })
  readonly size!: number;

  @Field(() => DigestScalar, { description: 'Merkle root of the entries.' })
  readonly root!: string;

  @Field(() => String, { description: 'The checkpoint as a C2SP signed note.' })
  readonly signedNote!: string;

  @Field(() => DateTimeScalar, { description: 'When it was signed.' })
  readonly at!: Date;
}

@ObjectType({ description: 'The path of an entry to the root of a tree (RFC 6962).' })
export class InclusionProof {
  @Field(() => Int, { description: 'The place of the entry, from 0.' })
  readonly index!: number;

  @Field(() => Int, { description: 'The size of the tree.' })
  readonly treeSize!: number;

  @Field(() => DigestScalar, { description: 'The leaf of the entry.' })
  readonly leaf!: string;

  @Field(() => [DigestScalar], { description: 'The hashes of the proof, from the leaf upwards.' })
  readonly path!: readonly string[];
}

@ObjectType({ description: 'The path that shows that one tree is the beginning of another (RFC 6962).' })
export class ConsistencyProof {
  @Field(() => Int, { description: 'The size of the smaller tree.' })
  readonly from!: number;

  @Field(() => Int, { description: 'The size of the larger tree.' })
  readonly to!: number;

  @Field(() => [DigestScalar], { description: 'The hashes of the proof.' })
  readonly path!: readonly string[];
}

@InputType({ description: 'Which entries are asked for: those that fit all that is given.' })
export class AuditFilter {
  @Field(() => String, { nullable: true, description: 'Of this campaign.' })
  readonly campaign?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'By this actor; others than oneself take the permission audit.read.',
  })
  readonly actor?: string | null;

  @Field(() => [String], { nullable: true, description: 'Of these actions.' })
  readonly action?: readonly string[] | null;

  @Field(() => String, { nullable: true, description: 'About this: an id, or a customer.' })
  readonly subject?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'From this instant on.' })
  readonly from?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Before this instant.' })
  readonly to?: Date | null;
}
