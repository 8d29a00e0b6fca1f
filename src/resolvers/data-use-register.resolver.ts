import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { nextRunAt, weekIn } from '../domain/schedule.ts';
import {
  DataUseImpact,
  DataUseRegister,
  RegisteredColumn,
  ScheduledRun,
} from '../schema/data-use-register.type.ts';
import type { Language } from '../schema/language.enum.ts';
import { RunConnection } from '../schema/run.type.ts';
import { DateTimeScalar } from '../schema/scalars.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { dataUseById } from '../store/data-use.reads.ts';
import { type DataUseImpact as Impact, impactOf } from '../use-cases/data-use-impact.ts';
import { dataUseRegister } from '../use-cases/data-use-register.ts';
import type { ApiContext } from './api-context.ts';
import { dataUseView } from './data-use-view.ts';
import { InLanguage, textIn } from './in-language.ts';
import { OfCampaign } from './of-campaign.ts';
import { type PageArguments, PageOf20 } from './paging.ts';
import { Permit } from './permit.ts';
import { pageOfRunsUnder } from './runs-under.ts';

@Resolver(() => DataUseRegister)
export class DataUseRegisterResolver {
  @Permit('dataUse.read')
  @Query(() => DataUseRegister, {
    description:
      'The register of data uses, column by column, as it stood at an instant: sources, purposes, legal bases, who signed, until when, which models and runs.',
  })
  async dataUseRegister(
    @Ctx() { services }: ApiContext,
    @OfCampaign() key: string,
    @Arg('at', () => DateTimeScalar, { nullable: true, description: 'Now when absent.' })
    asked: Date | null = null,
  ) {
    const { manager } = services.db;
    const campaign = await campaignOf(manager, key);
    const at = asked ?? services.clock.now();
    const columns = (await dataUseRegister(manager, campaign, at)).map(
      ({ name, column, covered, needed, statement, dataUses, models }) => ({
        name,
        type: column?.type ?? null,
        category: column?.category ?? null,
        inLanguages: column?.label ?? null,
        covered,
        needed,
        statement,
        dataUses: dataUses.map((use) => dataUseView(use, campaign.definition.timeZone, at)),
        models,
        under: {
          campaign: key,
          dataUses: dataUses.map(({ id }) => id),
          models: models.map(({ id }) => id),
          until: at,
        },
      }),
    );
    return { campaign, at, columns };
  }

  @Permit('dataUse.read')
  @Query(() => DataUseImpact, {
    nullable: true,
    description: 'What the withdrawal of a data use would stop now; nothing where it is not in force.',
  })
  async dataUseImpact(
    @Ctx() { services }: ApiContext,
    @Arg('id', () => ID, { description: 'The id of a data use.' }) id: string,
  ) {
    const use = await dataUseById(services.db.manager, id);
    return use && impactOf(services.db.manager, use, services.clock.now());
  }
}

type ColumnView = Awaited<ReturnType<DataUseRegisterResolver['dataUseRegister']>>['columns'][number];

@Resolver(() => RegisteredColumn)
export class RegisteredColumnResolver {
  @FieldResolver(() => String, { nullable: true, description: 'What the column is called to customers.' })
  label(@Root() { inLanguages }: ColumnView, @InLanguage() language: Language) {
    return inLanguages && textIn(language, inLanguages);
  }

  @FieldResolver(() => RunConnection, {
    description:
      'The runs of these models under these data uses, as their manifests have it, the newest first.',
  })
  runs(
    @Root() { under }: ColumnView,
    @Ctx() { services }: ApiContext,
    @Args(() => PageOf20) page: PageArguments,
  ) {
    return pageOfRunsUnder(services, page, under);
  }
}

@Resolver(() => DataUseImpact)
export class DataUseImpactResolver {
  @FieldResolver(() => [ScheduledRun], {
    description: 'The next run of each of these campaigns: it is refused when it is due.',
  })
  async scheduledRuns(@Root() { campaigns }: Impact, @Ctx() { loaders, services }: ApiContext) {
    const running = campaigns.filter(({ paused }) => !paused);
    const configs = await loaders.configNow.loadMany(running.map(({ key }) => key));
    return running.flatMap((campaign, place) => {
      const config = configs[place] ?? null;
      if (config instanceof Error) throw config;
      if (config === null) return [];
      const { timeZone } = campaign.definition;
      const dueAt = nextRunAt(config.settings.schedule, timeZone, services.clock.now());
      return [{ campaign, dueAt, week: weekIn(timeZone, dueAt) }];
    });
  }
}
