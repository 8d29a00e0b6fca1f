import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { ConfigVersion } from '../schema/config-version.type.ts';
import { DateTimeScalar } from '../schema/scalars.ts';
import { configsAt } from '../store/campaign.reads.ts';
import type { ApiContext } from './api-context.ts';
import { configView } from './config-view.ts';
import { OfCampaign } from './of-campaign.ts';
import { Permit } from './permit.ts';

@Resolver()
export class ConfigResolver {
  @Permit('config.read')
  @Query(() => ConfigVersion, {
    nullable: true,
    description: 'The settings that were in force at an instant.',
  })
  async config(
    @Ctx() { services }: ApiContext,
    @OfCampaign() campaign: string,
    @Arg('at', () => DateTimeScalar, { nullable: true, description: 'Now when absent.' })
    at: Date | null = null,
  ) {
    const [config] = await configsAt(services.db.manager, [campaign], at ?? services.clock.now());
    return config === undefined ? null : configView(config);
  }
}
