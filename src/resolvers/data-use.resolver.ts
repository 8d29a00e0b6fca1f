import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { historyOf } from '../domain/data-use.ts';
import { labelOf } from '../domain/wording.ts';
import { Campaign } from '../schema/campaign.type.ts';
import { DataUse, DataUseEvent } from '../schema/data-use.type.ts';
import type { Language } from '../schema/language.enum.ts';
import { RunConnection } from '../schema/run.type.ts';
import { DateTimeScalar } from '../schema/scalars.ts';
import { dataUsesDeclaredBy } from '../store/campaign.reads.ts';
import { campaignOf } from '../store/campaign.store.ts';
import type { ApiContext } from './api-context.ts';
import { type DataUseView, dataUseView } from './data-use-view.ts';
import { InLanguage, textIn } from './in-language.ts';
import { OfCampaign } from './of-campaign.ts';
import { type PageArguments, PageOf20 } from './paging.ts';
import { Permit } from './permit.ts';
import { pageOfRunsUnder } from './runs-under.ts';

@Resolver(() => DataUse)
export class DataUseResolver {
  @Permit('dataUse.read')
  @Query(() => [DataUse], { description: 'The data uses declared by an instant, as they stood then.' })
  async dataUses(
    @Ctx() { services }: ApiContext,
    @OfCampaign() campaign: string,
    @Arg('at', () => DateTimeScalar, { nullable: true, description: 'Now when absent.' })
    at: Date | null = null,
  ) {
    const { manager } = services.db;
    const { timeZone } = (await campaignOf(manager, campaign)).definition;
    const instant = at ?? services.clock.now();
    const uses = await dataUsesDeclaredBy(manager, campaign, instant);
    return uses.map((use) => dataUseView(use, timeZone, instant));
  }

  @FieldResolver(() => Campaign, { description: 'Whose columns it covers.' })
  campaign(@Root() use: DataUseView, @Ctx() { loaders }: ApiContext) {
    return loaders.campaign.load(use.campaign);
  }

  @FieldResolver(() => String, { description: 'Where the data come from.' })
  source(@Root() { source }: DataUseView, @InLanguage() language: Language) {
    return textIn(language, labelOf(source));
  }

  @FieldResolver(() => String, { description: 'What they are used for.' })
  purpose(@Root() { purpose }: DataUseView, @InLanguage() language: Language) {
    return textIn(language, labelOf(purpose));
  }

  @FieldResolver(() => String, { description: 'Why that is lawful.' })
  legalBasis(@Root() { legalBasis }: DataUseView, @InLanguage() language: Language) {
    return textIn(language, labelOf(legalBasis));
  }

  @FieldResolver(() => [DataUseEvent], { description: 'What people did about it, from its declaration on.' })
  history(@Root() use: DataUseView) {
    return historyOf({ ...use, status: use.decided });
  }

  @FieldResolver(() => RunConnection, {
    description: 'The runs that were made under it, as their manifests have it, the newest first.',
  })
  runs(
    @Root() { id, campaign, at }: DataUseView,
    @Ctx() { services }: ApiContext,
    @Args(() => PageOf20) page: PageArguments,
  ) {
    return pageOfRunsUnder(services, page, { campaign, dataUses: [id], models: null, until: at });
  }
}
