import { z } from 'zod';
import { JUDGING_STEPS } from '../../domain/judging.ts';

/** A channel of the database on which work of one kind tells how it goes on. */
export interface ProgressTopic<Progress extends { readonly campaign: string }> {
  readonly channel: string;
  readonly schema: z.ZodType<Progress>;
  /** Of which piece of work: whoever is slow hears the latest of each. */
  readonly keyOf: (progress: Progress) => string;
}

const runProgress = z.object({
  runId: z.string(),
  campaign: z.string(),
  week: z.string(),
  step: z.string(),
  done: z.number(),
  total: z.number(),
});

export const RUN_PROGRESS: ProgressTopic<Readonly<z.infer<typeof runProgress>>> = {
  channel: 'run_progress',
  schema: runProgress,
  keyOf: ({ runId }) => runId,
};

const judgingProgress = z.object({
  modelId: z.string(),
  campaign: z.string(),
  step: z.enum(JUDGING_STEPS),
  done: z.number(),
  total: z.number(),
});

export const JUDGING_PROGRESS: ProgressTopic<Readonly<z.infer<typeof judgingProgress>>> = {
  channel: 'judging_progress',
  schema: judgingProgress,
  keyOf: ({ modelId }) => modelId,
};
