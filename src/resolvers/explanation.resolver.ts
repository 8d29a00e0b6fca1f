import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Audience } from '../domain/explanation.ts';
import type { IsoWeek } from '../domain/week.ts';
import { ConfigVersion } from '../schema/config-version.type.ts';
import { AudienceEnum, Explanation } from '../schema/explanation.type.ts';
import { type Language, LanguageEnum } from '../schema/language.enum.ts';
import { ModelVersion } from '../schema/model-version.type.ts';
import { IsoWeekScalar } from '../schema/scalars.ts';
import { readExplanation } from '../use-cases/read-explanation.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { configView } from './config-view.ts';
import { type ExplanationView, explanationView } from './explanation-view.ts';
import { OfCampaign } from './of-campaign.ts';
import { Permit } from './permit.ts';

@Resolver(() => Explanation)
export class ExplanationResolver {
  @Permit('explanation.readCustomer')
  @Query(() => Explanation, {
    nullable: true,
    description:
      "Why the current run of a week decided on a customer as it did, or how they were drawn into a fallback batch of that week. Refused with the rule IN_FEED for who was not in the week's feed; INTERNAL asks for the permission explanation.readInternal.",
  })
  async explanation(
    @Ctx() context: ApiContext,
    @OfCampaign() campaign: string,
    @Arg('week', () => IsoWeekScalar, { description: 'The week that was decided.' }) week: IsoWeek,
    @Arg('customer', () => ID, { description: 'The party id.' }) customer: string,
    @Arg('audience', () => AudienceEnum, { defaultValue: 'INTERNAL', description: 'For whom.' })
    audience: Audience,
    @Arg('language', () => LanguageEnum, { defaultValue: 'NL', description: 'Of the texts.' })
    language: Language,
  ) {
    const asked = { campaign, week, customer, audience, language: language === 'NL' ? 'nl' : 'en' } as const;
    const explained = await readExplanation(context.services, callerOf(context), asked);
    return explanationView(explained, audience, language);
  }

  @FieldResolver(() => ModelVersion, { nullable: true, description: 'The model of that week.' })
  model(@Root() { modelId }: ExplanationView, @Ctx() { loaders }: ApiContext) {
    return modelId === null ? null : loaders.model.load(modelId);
  }

  @FieldResolver(() => ConfigVersion, { description: 'The settings of that week.' })
  async config(@Root() { configId }: ExplanationView, @Ctx() { loaders }: ApiContext) {
    const config = await loaders.config.load(configId);
    return config && configView(config);
  }
}
