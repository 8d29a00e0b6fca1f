import { Ctx, Query, Resolver } from 'type-graphql';
import type { Actor } from '../domain/permissions.ts';
import { Viewer } from '../schema/viewer.type.ts';
import { actorOf, type RequestContext } from './context.ts';
import { Permit } from './permit.ts';

@Resolver()
export class ViewerResolver {
  @Permit('viewer.read')
  @Query(() => Viewer, { description: 'Who is signed in.' })
  viewer(@Ctx() context: RequestContext): Actor {
    return actorOf(context);
  }
}
