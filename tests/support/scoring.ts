import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { ScorerLimits } from '../../src/adapters/scorer/model-process.ts';
import { DEFAULT_SCORER_LIMITS, OnnxScorer } from '../../src/adapters/scorer/onnx-scorer.ts';
import { type ModelSpec, ScoringError, type ScoringSession } from '../../src/domain/ports.ts';

const sessions: ScoringSession[] = [];

/** Opens a model for one test; `closeSessions` after it ends its process. */
export async function openModel(
  model: Uint8Array,
  features: readonly string[],
  output: ModelSpec['output'] = { name: 'p', index: 0 },
  limits: Partial<ScorerLimits> = {},
): Promise<ScoringSession> {
  return openSpec({ model, features, output }, limits);
}

/** Opens a model with all that a card says of its features, as `openModel` does. */
export async function openSpec(spec: ModelSpec, limits: Partial<ScorerLimits> = {}): Promise<ScoringSession> {
  const session = await new OnnxScorer({ ...DEFAULT_SCORER_LIMITS, ...limits }).open(spec);
  sessions.push(session);
  return session;
}

export async function closeSessions(): Promise<void> {
  for (const session of sessions.splice(0)) await session.close();
}

/** The message of the ScoringError that an attempt must end in. */
export async function refusal(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ScoringError);
  return error instanceof ScoringError ? error.message : '';
}

/** The processes that hold models for a service process. */
export function modelProcesses(parent: number): number[] {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ');
  return children
    .filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('scorer-process'))
    .map(Number);
}
