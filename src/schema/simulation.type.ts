import { Field, Int, ObjectType } from 'type-graphql';
import { DigestScalar, IsoWeekScalar } from './scalars.ts';

@ObjectType({ description: 'Counts of customers; a simulation names nobody.' })
export class SimulatedWeek {
  @Field(() => IsoWeekScalar, { description: 'The recorded week.' })
  readonly week!: string;

  @Field(() => Boolean, {
    description: 'False where the week cannot be replayed so: `halted` says what is missing.',
  })
  readonly replayed!: boolean;

  @Field(() => Int, {
    nullable: true,
    description: 'To mail by the record, erased customers left out; null where nothing was decided.',
  })
  readonly recorded!: number | null;

  @Field(() => Int, {
    description: 'To mail in the simulation; where something halts, whom it would have proposed otherwise.',
  })
  readonly simulated!: number;

  @Field(() => Int, { description: 'Of the simulated, who is not mailed by the record.' })
  readonly enter!: number;

  @Field(() => Int, { description: 'Who is mailed by the record and not in the simulation.' })
  readonly leave!: number;

  @Field(() => Int, { description: 'Chosen in the simulation, and held out.' })
  readonly heldOut!: number;

  @Field(() => Int, { description: 'Whom no rule bars.' })
  readonly eligible!: number;

  @Field(() => Int, { description: 'What the volume checks count: before the capacity.' })
  readonly aboveThreshold!: number;

  @Field(() => Int, { description: 'Customers of the week who were erased since, and are in no count.' })
  readonly erased!: number;

  @Field(() => Int, {
    description:
      'Of the simulated, whom the simulation mailed already within their rest. Contact history is the recorded one, so that each week counts them again; in truth they would have rested.',
  })
  readonly countedAgain!: number;

  @Field(() => [String], { description: 'What would have halted the run, and why: `CHECK: message`.' })
  readonly halted!: readonly string[];

  @Field(() => [String], { description: 'What would have warned: `CHECK: message`.' })
  readonly warned!: readonly string[];
}

@ObjectType({ description: 'Recorded weeks, decided again from their frozen rows with something otherwise.' })
export class Simulation {
  @Field(() => [SimulatedWeek], { description: 'Weeks with a run, oldest first.' })
  readonly weeks!: readonly SimulatedWeek[];

  @Field(() => DigestScalar, {
    description: 'Of the model version that was asked for, else of the one that the newest week ran with.',
  })
  readonly modelDigest!: string;
}

@ObjectType({ description: 'How far a simulation is.' })
export class SimulationProgress {
  @Field(() => Int, { description: 'Weeks that are done.' })
  readonly done!: number;

  @Field(() => Int, { description: 'Weeks that there are to do.' })
  readonly total!: number;

  @Field(() => DigestScalar, { description: 'As in Simulation.' })
  readonly modelDigest!: string;

  @Field(() => SimulatedWeek, {
    nullable: true,
    description: 'The week that was done last; null at the beginning.',
  })
  readonly week!: SimulatedWeek | null;
}
