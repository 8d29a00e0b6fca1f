import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { PageFormat } from '../domain/model-page/model-page-facts.ts';
import { Campaign } from '../schema/campaign.type.ts';
import type { Language } from '../schema/language.enum.ts';
import { ModelPeriod, PastModelAct } from '../schema/model-act.type.ts';
import { ModelInput, ModelNoteInput } from '../schema/model-version.input.ts';
import { ModelVersion, ModelVersionPayload } from '../schema/model-version.type.ts';
import { PageFormatEnum } from '../schema/page-format.enum.ts';
import type { CampaignRow } from '../store/campaign.row.ts';
import { challengerAt } from '../store/model.reads.ts';
import { actsOn, periodsOf } from '../store/model-life.reads.ts';
import type { ModelVersionRow } from '../store/model-version.row.ts';
import { clearChallenger, setChallenger } from '../use-cases/challenger.ts';
import { execute } from '../use-cases/execute.ts';
import { readModelPage } from '../use-cases/read-model-page.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { InLanguage } from './in-language.ts';
import { Permit } from './permit.ts';

/** The life of a model version: what was done with it, when it was used. */
@Resolver(() => ModelVersion)
export class ModelLifeResolver {
  @Permit(setChallenger.permission)
  @Mutation(() => ModelVersionPayload, {
    description:
      'Has an approved version score in the shadow of the runs of its campaign, from the next one on, instead of the challenger before.',
  })
  async setChallenger(@Ctx() context: ApiContext, @Arg('input', () => ModelInput) input: ModelInput) {
    return { model: await execute(context.services, callerOf(context), setChallenger, input) };
  }

  @Permit(clearChallenger.permission)
  @Mutation(() => ModelVersionPayload, { description: 'From now on nothing is scored with the challenger.' })
  async clearChallenger(
    @Ctx() context: ApiContext,
    @Arg('input', () => ModelNoteInput) input: ModelNoteInput,
  ) {
    return { model: await execute(context.services, callerOf(context), clearChallenger, input) };
  }

  @FieldResolver(() => [PastModelAct], { description: 'What was done with it, the first act first.' })
  history(@Root() { id }: ModelVersionRow, @Ctx() { services }: ApiContext) {
    return actsOn(services.db.manager, id);
  }

  @FieldResolver(() => [ModelPeriod], {
    description: 'When it was in production; no more than the last lasts.',
  })
  livePeriods(@Root() model: ModelVersionRow, @Ctx() { services }: ApiContext) {
    return periodsOf(services.db.manager, 'model_activation', model);
  }

  @FieldResolver(() => String, {
    description:
      'All that is known of it as one page: its card, what the gates found, its data uses, history and runs, how to train it again.',
  })
  cardPage(
    @Root() model: ModelVersionRow,
    @Ctx() { services }: ApiContext,
    @Arg('format', () => PageFormatEnum, { defaultValue: 'MARKDOWN', description: 'Its form.' })
    format: PageFormat,
    @InLanguage() language: Language,
  ) {
    return readModelPage(services, model, format, language === 'NL' ? 'nl' : 'en');
  }

  @FieldResolver(() => [ModelPeriod], { description: 'When it was the challenger of its campaign.' })
  challengerPeriods(@Root() model: ModelVersionRow, @Ctx() { services }: ApiContext) {
    return periodsOf(services.db.manager, 'model_challenge', model);
  }
}

@Resolver(() => Campaign)
export class ChallengerResolver {
  @FieldResolver(() => ModelVersion, {
    nullable: true,
    description: 'The approved version that the next run scores in the shadow.',
  })
  challenger(@Root() { key }: CampaignRow, @Ctx() { services }: ApiContext) {
    return challengerAt(services.db.manager, key, services.clock.now());
  }
}
