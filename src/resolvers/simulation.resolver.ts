import { Arg, Args, Ctx, Int, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { FeatureShift } from '../domain/feature-shift.ts';
import type { SimulatedWeek } from '../domain/replay.ts';
import { ConfigImpact } from '../schema/config-impact.type.ts';
import { ConfigPatchInput } from '../schema/config-patch.input.ts';
import { type FeatureShiftInput, SimulationArguments } from '../schema/simulation.args.ts';
import { Simulation, SimulationProgress } from '../schema/simulation.type.ts';
import type { AskedSimulation } from '../use-cases/ask-simulation.ts';
import { previewConfigChange } from '../use-cases/preview-config-change.ts';
import { type SimulationProgress as Progress, simulate } from '../use-cases/simulate.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { assertTexts } from './assert-texts.ts';
import { configPatch } from './config-patch.ts';
import { OfCampaign } from './of-campaign.ts';
import { Permit } from './permit.ts';
import { Failure, streamOf } from './stream.ts';

const WHAT_IT_IS =
  'Decides recorded weeks again from their frozen rows with another model, other settings or shifted features, and changes nothing. ' +
  'Each week by itself: who was mailed before, by us or by others, is as recorded; the output checks compare with the weeks before as simulated. ' +
  'Only who is eligible is scored. One at a time for each person.';

/** What would have been. */
@Resolver()
export class SimulationResolver {
  @Permit('simulation.run')
  @Query(() => Simulation, {
    description: `${WHAT_IT_IS} Answers when all is done; ends when the client leaves.`,
  })
  async simulation(@Ctx() context: ApiContext, @Args(() => SimulationArguments) asked: SimulationArguments) {
    const { services, signal } = context;
    const weeks: SimulatedWeek[] = [];
    let modelDigest = '';
    for await (const progress of simulate(services, callerOf(context), askedOf(asked), signal)) {
      modelDigest = progress.modelDigest;
      if (progress.week !== null) weeks.push(progress.week);
    }
    return { weeks, modelDigest };
  }

  @Permit('simulation.run')
  @Subscription(() => SimulationProgress, {
    description: `${WHAT_IT_IS} Tells each week as it is done, and ends after the last; whoever leaves cancels it.`,
    subscribe: ({ context, args }: { context: ApiContext; args: SimulationArguments }) => {
      assertTexts(args);
      const asked = askedOf(args);
      return streamOf((signal) => simulate(context.services, callerOf(context), asked, signal));
    },
  })
  simulationProgress(
    @Root() progress: Progress | Failure,
    @Args(() => SimulationArguments) _asked: SimulationArguments,
  ): Progress {
    if (progress instanceof Failure) throw progress.error;
    return progress;
  }

  @Permit('config.preview')
  @Query(() => ConfigImpact, {
    description:
      'What a config change would have done in the last weeks that were decided: counts, nobody by name. Replays them; ends when the client leaves.',
  })
  previewConfigChange(
    @Ctx() context: ApiContext,
    @Arg('input', () => ConfigPatchInput) input: ConfigPatchInput,
    @OfCampaign() campaign: string,
    @Arg('weeks', () => Int, { nullable: true, defaultValue: 8, description: 'How many weeks.' }) weeks:
      | number
      | null,
  ) {
    const wanted = { campaign, patch: configPatch(input), weeks: weeks ?? 8 };
    return previewConfigChange(context.services, callerOf(context), wanted, context.signal);
  }
}

function askedOf(asked: SimulationArguments): AskedSimulation {
  const { campaign, from, to, model = null, config = null, shift = null, judgeMarket } = asked;
  return {
    campaign,
    from,
    to,
    model,
    patch: config === null ? {} : configPatch(config),
    shifts: (shift ?? []).map(shiftOf),
    judgeMarket,
  };
}

function shiftOf({ feature, add, multiply }: FeatureShiftInput): FeatureShift {
  return { feature, multiply: multiply ?? 1, add: add ?? 0 };
}
