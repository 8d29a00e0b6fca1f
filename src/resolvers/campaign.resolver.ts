import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { stopping } from '../domain/engine-pause.ts';
import { nextRunAt } from '../domain/schedule.ts';
import { Campaign } from '../schema/campaign.type.ts';
import { ConfigVersion } from '../schema/config-version.type.ts';
import type { Language } from '../schema/language.enum.ts';
import { ModelVersion } from '../schema/model-version.type.ts';
import { Run } from '../schema/run.type.ts';
import { DateTimeScalar } from '../schema/scalars.ts';
import { listCampaigns } from '../store/campaign.reads.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import type { ApiContext } from './api-context.ts';
import { configView } from './config-view.ts';
import { InLanguage, textIn } from './in-language.ts';
import { Permit } from './permit.ts';

@Resolver(() => Campaign)
export class CampaignResolver {
  @Permit('campaign.read')
  @Query(() => [Campaign], { description: 'Every campaign.' })
  campaigns(@Ctx() { services }: ApiContext) {
    return listCampaigns(services.db.manager);
  }

  @Permit('campaign.read')
  @Query(() => Campaign, { nullable: true, description: 'A campaign; null where there is none of that key.' })
  campaign(
    @Ctx() { loaders }: ApiContext,
    @Arg('key', () => String, { description: 'The key of a campaign.' }) key: string,
  ) {
    return loaders.campaign.load(key);
  }

  @FieldResolver(() => String)
  name(@Root() { definition }: CampaignRow, @InLanguage() language: Language) {
    return textIn(language, definition.name);
  }

  @FieldResolver(() => String)
  product(@Root() { definition }: CampaignRow, @InLanguage() language: Language) {
    return textIn(language, definition.product);
  }

  @FieldResolver(() => DateTimeScalar, { nullable: true })
  async nextRunAt(@Root() campaign: CampaignRow, @Ctx() context: ApiContext) {
    if (stopping(await context.loaders.pauses.load(campaign.key), 'RUN') !== undefined) return null;
    const config = await context.loaders.configNow.load(campaign.key);
    if (config === null) return null;
    const { timeZone } = campaign.definition;
    return nextRunAt(config.settings.schedule, timeZone, context.services.clock.now());
  }

  @FieldResolver(() => ConfigVersion, { description: 'The settings in force.' })
  async config(@Root() { key }: CampaignRow, @Ctx() { loaders }: ApiContext) {
    const config = await loaders.configNow.load(key);
    return config && configView(config);
  }

  @FieldResolver(() => ModelVersion, {
    nullable: true,
    description: 'What is in production; null where nothing is.',
  })
  liveModel(@Root() { key }: CampaignRow, @Ctx() { loaders }: ApiContext) {
    return loaders.liveModel.load(key);
  }

  @FieldResolver(() => Run, { nullable: true, description: 'The current run of the newest week.' })
  currentRun(@Root() { key }: CampaignRow, @Ctx() { loaders }: ApiContext) {
    return loaders.newestRun.load(key);
  }
}
