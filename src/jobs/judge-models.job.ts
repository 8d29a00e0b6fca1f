import { waitingForJudging } from '../store/model-judging.store.ts';
import { isGoing } from '../use-cases/engine.ts';
import { judgeModelUnlessHeld } from '../use-cases/judge-model.ts';
import type { Services } from '../use-cases/services.ts';
import { attemptEach } from './attempt-each.ts';

/**
 * Judges the model versions that wait for it, one after the other: those whose judging was begun by a process that was killed, and
 * those that nobody began with. Answers what became of them. One that somebody is judging is passed over; none is judged while everything is paused.
 */
export async function judgeModels(services: Services): Promise<readonly string[]> {
  if (!(await isGoing(services.db.manager, null, 'BACKGROUND'))) return [];
  const judged = await attemptEach(waiting(services), async (modelId) => {
    const model = await judgeModelUnlessHeld(services, modelId);
    return model === null ? null : `${model.campaign} ${model.name} ${model.version}: ${model.status}`;
  });
  return judged.filter((one) => one !== null);
}

/** Each once: while one is judged, others are judged elsewhere. */
async function* waiting({ db }: Services): AsyncGenerator<string> {
  const seen: string[] = [];
  for (;;) {
    const id = await waitingForJudging(db.manager, seen);
    if (id === undefined) return;
    seen.push(id);
    yield id;
  }
}
