import type { JudgingProgress } from '../domain/judging.ts';
import type { Caller } from '../use-cases/execute.ts';
import type { RunProgress, Services } from '../use-cases/services.ts';
import type { Background } from './background.ts';
import { actorOf, type RequestContext } from './context.ts';
import type { Loaders } from './loaders.ts';

/** What the API needs of the world beside the services; built where the API is. */
export interface ApiParts {
  readonly services: Services;
  readonly background: Background;
  /** Has a run that was started, or let go on, worked on: here or by a worker. Never waited for. */
  readonly goOnWith: (runId: string) => void;
  /** How runs of a campaign go on, from now on and without an end. */
  readonly progressOf: (campaign: string) => AsyncIterable<RunProgress>;
  /** How model versions of a campaign are judged, from now on and without an end. */
  readonly judgingOf: (campaign: string) => AsyncIterable<JudgingProgress>;
}

/** What resolvers get. */
export interface ApiContext extends RequestContext, ApiParts {
  readonly loaders: Loaders;
}

/** Who asks, for the acts behind the API; refuses a request without a token. */
export function callerOf(context: RequestContext): Caller {
  const { requestId, purpose, agent } = context;
  return { actor: actorOf(context), requestId, purpose, agent };
}
