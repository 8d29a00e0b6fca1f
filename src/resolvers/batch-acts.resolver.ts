import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import {
  BatchInput,
  BatchNoteInput,
  FallbackBatchInput,
  RemoveFromBatchInput,
  ReviewSampleInput,
} from '../schema/batch.input.ts';
import { BatchPayload } from '../schema/batch.type.ts';
import type { BatchRow } from '../store/batch.row.ts';
import { createFallbackBatch } from '../use-cases/create-fallback-batch.ts';
import { approveBatch, holdBatch, liftHold, rejectBatch } from '../use-cases/decide-batch.ts';
import { type Command, execute } from '../use-cases/execute.ts';
import { handOffReleased } from '../use-cases/hand-off.ts';
import { releaseBatch } from '../use-cases/release-batch.ts';
import { removeFromBatch, reviewSample } from '../use-cases/review-batch.ts';
import { submitBatch } from '../use-cases/submit-batch.ts';
import { type ApiContext, callerOf } from './api-context.ts';
import { Permit } from './permit.ts';

/** What is done with a batch, in the order in which it is done. */
@Resolver()
export class BatchActsResolver {
  @Permit(createFallbackBatch.permission)
  @Mutation(() => BatchPayload, {
    description:
      'While the engine is off: customers drawn at random out of those who may be mailed today, without the holdout of the evaluation period. Nobody is scored.',
  })
  createFallbackBatch(
    @Ctx() context: ApiContext,
    @Arg('input', () => FallbackBatchInput) input: FallbackBatchInput,
  ) {
    return act(context, createFallbackBatch, input);
  }

  @Permit(reviewSample.permission)
  @Mutation(() => BatchPayload, { description: 'Notes what the reviewer found of a customer of the sample.' })
  reviewSample(
    @Ctx() context: ApiContext,
    @Arg('input', () => ReviewSampleInput) { note = null, ...input }: ReviewSampleInput,
  ) {
    return act(context, reviewSample, { ...input, note });
  }

  @Permit(removeFromBatch.permission)
  @Mutation(() => BatchPayload, { description: 'Takes a customer out of a batch, with a note.' })
  removeFromBatch(
    @Ctx() context: ApiContext,
    @Arg('input', () => RemoveFromBatchInput) input: RemoveFromBatchInput,
  ) {
    return act(context, removeFromBatch, input);
  }

  @Permit(submitBatch.permission)
  @Mutation(() => BatchPayload, { description: 'Hands a reviewed batch over to whoever approves.' })
  submitBatch(@Ctx() context: ApiContext, @Arg('input', () => BatchInput) input: BatchInput) {
    return act(context, submitBatch, input);
  }

  @Permit(approveBatch.permission)
  @Mutation(() => BatchPayload, { description: 'By another person than those who had a hand in it.' })
  approveBatch(@Ctx() context: ApiContext, @Arg('input', () => BatchInput) input: BatchInput) {
    return act(context, approveBatch, input);
  }

  @Permit(rejectBatch.permission)
  @Mutation(() => BatchPayload, { description: 'For good; the week may be run again.' })
  rejectBatch(@Ctx() context: ApiContext, @Arg('input', () => BatchNoteInput) input: BatchNoteInput) {
    return act(context, rejectBatch, input);
  }

  @Permit(holdBatch.permission)
  @Mutation(() => BatchPayload, { description: 'Stops a batch until the hold is lifted.' })
  holdBatch(@Ctx() context: ApiContext, @Arg('input', () => BatchNoteInput) input: BatchNoteInput) {
    return act(context, holdBatch, input);
  }

  @Permit(liftHold.permission)
  @Mutation(() => BatchPayload, { description: 'Lets a held batch go on from where it was.' })
  liftHold(@Ctx() context: ApiContext, @Arg('input', () => BatchNoteInput) input: BatchNoteInput) {
    return act(context, liftHold, input);
  }

  @Permit(releaseBatch.permission)
  @Mutation(() => BatchPayload, {
    description: 'What was approved goes to the mail tool. Releasing again changes nothing.',
  })
  async releaseBatch(@Ctx() context: ApiContext, @Arg('input', () => BatchInput) input: BatchInput) {
    const payload = await act(context, releaseBatch, input);
    // Released it is, whether the mail tool can be reached now or only later.
    await context.background.start('hand-off', () => handOffReleased(context.services));
    return payload;
  }
}

async function act<I>(context: ApiContext, command: Command<I, BatchRow>, input: I) {
  return { batch: await execute(context.services, callerOf(context), command, input) };
}
