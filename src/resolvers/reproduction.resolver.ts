import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { DecisionDifference, ReproduceRunPayload, Reproduction } from '../schema/reproduction.type.ts';
import { RunInput } from '../schema/run.input.ts';
import { Run } from '../schema/run.type.ts';
import type { ReproductionRow } from '../store/reproduction.row.ts';
import type { RunRow } from '../store/run.row.ts';
import { execute } from '../use-cases/execute.ts';
import { readDifferences } from '../use-cases/read-differences.ts';
import { reproduceRun } from '../use-cases/reproduce-run.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { Permit } from './permit.ts';

/** Past runs executed again. */
@Resolver(() => Reproduction)
export class ReproductionResolver {
  @Permit(reproduceRun.permission)
  @Mutation(() => ReproduceRunPayload, {
    description: 'Executes a past run again from its record; answers when it is compared and certified.',
  })
  async reproduceRun(@Ctx() context: ApiContext, @Arg('input', () => RunInput) input: RunInput) {
    return { reproduction: await execute(context.services, callerOf(context), reproduceRun, input) };
  }

  @FieldResolver(() => Run)
  run(@Root() { runId }: ReproductionRow, @Ctx() { loaders }: ApiContext) {
    return loaders.run.load(runId);
  }

  @FieldResolver(() => [String])
  environmentDiffers(@Root() { environment }: ReproductionRow) {
    return environment;
  }

  @FieldResolver(() => [DecisionDifference])
  firstDifferences(@Root() reproduction: ReproductionRow, @Ctx() context: ApiContext) {
    return readDifferences(context.services, callerOf(context), reproduction);
  }
}

/** The reproductions of a run. */
@Resolver(() => Run)
export class RunReproductionsResolver {
  @FieldResolver(() => [Reproduction], { description: 'The newest first.' })
  reproductions(@Root() { id }: RunRow, @Ctx() { loaders }: ApiContext) {
    return loaders.reproductions.load(id);
  }
}
