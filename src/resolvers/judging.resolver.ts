import { Ctx, FieldResolver, Resolver, Root, Subscription } from 'type-graphql';
import type { JudgingProgress as Progress } from '../domain/judging.ts';
import { ConfigVersion } from '../schema/config-version.type.ts';
import { Judging, JudgingProgress } from '../schema/judging.type.ts';
import { ModelVersion } from '../schema/model-version.type.ts';
import { campaignOf } from '../store/campaign.store.ts';
import type { ModelVersionRow } from '../store/model-version.row.ts';
import type { ApiContext } from './api-context.ts';
import { configView } from './config-view.ts';
import { OfCampaign } from './of-campaign.ts';
import { Permit } from './permit.ts';

/** How a model version goes through the gates, while it does and afterwards. */
@Resolver(() => ModelVersion)
export class ModelJudgingResolver {
  @FieldResolver(() => Judging, {
    nullable: true,
    description: 'How far it is while it is REGISTERED; null once it was judged.',
  })
  judging(@Root() { id }: ModelVersionRow, @Ctx() { loaders }: ApiContext) {
    return loaders.judging.load(id);
  }

  @FieldResolver(() => ConfigVersion, {
    nullable: true,
    description: 'The settings by whose limits and threshold it was judged last.',
  })
  async judgedBy(@Root() { judgedConfig }: ModelVersionRow, @Ctx() { loaders }: ApiContext) {
    const config = judgedConfig === null ? null : await loaders.config.load(judgedConfig);
    return config && configView(config);
  }
}

/** Watching how model versions are judged. */
@Resolver(() => JudgingProgress)
export class JudgingProgressResolver {
  @Permit('model.read')
  @Subscription(() => JudgingProgress, {
    description: 'How model versions of a campaign are judged, from now on and without an end.',
    subscribe: async ({ context, args }: { context: ApiContext; args: { campaign: string } }) => {
      await campaignOf(context.services.db.manager, args.campaign);
      return context.judgingOf(args.campaign);
    },
  })
  judgingProgress(@Root() progress: Progress, @OfCampaign() _campaign: string): Progress {
    return progress;
  }

  @FieldResolver(() => ModelVersion)
  model(@Root() { modelId }: Progress, @Ctx() { loaders }: ApiContext) {
    return loaders.model.load(modelId);
  }
}
