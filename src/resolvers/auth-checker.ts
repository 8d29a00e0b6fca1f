import type { AuthChecker } from 'type-graphql';
import { actorOf, type RequestContext } from './context.ts';

/** Asks only for a signed-in actor; what they may do is judged, and audited, behind the operation. */
export const authChecker: AuthChecker<RequestContext> = ({ context }) => {
  actorOf(context);
  return true;
};
