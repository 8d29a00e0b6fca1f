import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { holdsOn } from '../domain/feature-override.ts';
import { Run } from '../schema/run.type.ts';
import { RunOverride } from '../schema/run-override.type.ts';
import type { RunRow } from '../store/run.row.ts';
import type { ApiContext } from './api-context.ts';

@Resolver(() => Run)
export class RunOverrideResolver {
  @FieldResolver(() => [RunOverride], { description: 'The overrides of its settings, expired ones too.' })
  async overrides(@Root() { configId, asOf }: RunRow, @Ctx() { loaders }: ApiContext) {
    const config = await loaders.config.load(configId);
    const overrides = config?.settings.overrides ?? [];
    return overrides.map((held) => ({ ...held, applied: asOf === null ? null : holdsOn(held, asOf) }));
  }
}
