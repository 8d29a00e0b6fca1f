import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { CardFeature } from '../domain/model-card.ts';
import type { JudgedGate } from '../domain/model-version.ts';
import { columnsOf } from '../domain/recipe.ts';
import { Campaign } from '../schema/campaign.type.ts';
import type { Language } from '../schema/language.enum.ts';
import {
  Feature,
  Gate,
  GateFigure,
  ModelVersion,
  ModelVersionConnection,
} from '../schema/model-version.type.ts';
import { DateTimeScalar } from '../schema/scalars.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { countModels, listModels, modelById, modelLiveAt } from '../store/model.reads.ts';
import type { ModelVersionRow } from '../store/model-version.row.ts';
import type { ApiContext } from './api-context.ts';
import { InLanguage, textIn } from './in-language.ts';
import { OfCampaign } from './of-campaign.ts';
import { type PageArguments, PageOf20, pageOf } from './paging.ts';
import { Permit } from './permit.ts';

@Resolver(() => ModelVersion)
export class ModelResolver {
  @Permit('model.read')
  @Query(() => ModelVersion, {
    nullable: true,
    description: 'A model version; null where there is none of that id.',
  })
  modelVersion(
    @Ctx() { services }: ApiContext,
    @Arg('id', () => ID, { description: 'The id of a model version.' }) id: string,
  ) {
    return modelById(services.db.manager, id);
  }

  @Permit('model.read')
  @Query(() => ModelVersionConnection, { description: 'Model versions, the newest first.' })
  async modelVersions(
    @Ctx() { services }: ApiContext,
    @Args(() => PageOf20) page: PageArguments,
    @OfCampaign() campaign: string,
  ) {
    const { manager } = services.db;
    await campaignOf(manager, campaign);
    return pageOf(page, {
      key: ['instant', 'id'],
      keyOf: ({ registeredAt, id }: ModelVersionRow) => [registeredAt.toISOString(), id],
      read: (slice) => listModels(manager, campaign, slice),
      count: () => countModels(manager, campaign),
    });
  }

  @Permit('model.read')
  @Query(() => ModelVersion, { nullable: true, description: 'What was in production at an instant.' })
  liveModel(
    @Ctx() { services }: ApiContext,
    @OfCampaign() campaign: string,
    @Arg('at', () => DateTimeScalar, { nullable: true, description: 'Now when absent.' })
    at: Date | null = null,
  ) {
    return modelLiveAt(services.db.manager, campaign, at ?? services.clock.now());
  }

  @FieldResolver(() => Campaign, { description: 'For which campaign it was made.' })
  campaign(@Root() model: ModelVersionRow, @Ctx() { loaders }: ApiContext) {
    return loaders.campaign.load(model.campaign);
  }

  @FieldResolver(() => [Feature])
  features(@Root() { card }: ModelVersionRow) {
    return card.features;
  }

  @FieldResolver(() => String)
  intendedUse(@Root() { card }: ModelVersionRow) {
    return card.intendedUse;
  }

  @FieldResolver(() => [String])
  notToBeUsedWhen(@Root() { card }: ModelVersionRow) {
    return card.notToBeUsedWhen;
  }

  @FieldResolver(() => [String])
  weaknesses(@Root() { card }: ModelVersionRow) {
    return card.weaknesses;
  }

  @FieldResolver(() => String)
  trainedOn(@Root() { card }: ModelVersionRow) {
    return `${card.trained.from} to ${card.trained.to}`;
  }
}

@Resolver(() => Gate)
export class GateResolver {
  @FieldResolver(() => [GateFigure])
  figures(@Root() { figures }: JudgedGate) {
    return figures ?? [];
  }
}

@Resolver(() => Feature)
export class FeatureResolver {
  @FieldResolver(() => String)
  label(@Root() feature: CardFeature, @InLanguage() language: Language) {
    return textIn(language, feature.label);
  }

  @FieldResolver(() => String)
  description(@Root() { description }: CardFeature) {
    return description ?? '';
  }

  @FieldResolver(() => [String])
  columns(@Root() { recipe }: CardFeature) {
    return columnsOf(recipe);
  }

  @FieldResolver(() => Int, { nullable: true })
  expectedDirection(@Root() { direction }: CardFeature) {
    return direction === 0 ? null : direction;
  }
}
