import { GATE_NAMES } from './model-gate.ts';

/** What is done of judging a model version, one after the other: its package is read, then gate after gate. */
export const JUDGING_STEPS = ['READ', ...GATE_NAMES, 'DONE'] as const;
export type JudgingStep = (typeof JUDGING_STEPS)[number];

/** As many gates as there are. */
export const JUDGING_TOTAL = GATE_NAMES.length;

/** How far the judging of a model version is: `done` gates of `total`. */
export interface JudgingProgress {
  readonly modelId: string;
  readonly campaign: string;
  readonly step: JudgingStep;
  readonly done: number;
  readonly total: number;
}

export const JUDGING_STATES = ['QUEUED', 'RUNNING'] as const;
export type JudgingState = (typeof JUDGING_STATES)[number];

/** A judging that waits or is under way. */
export interface Judging {
  readonly modelId: string;
  readonly state: JudgingState;
  readonly askedAt: Date;
  /** How often it was begun. */
  readonly attempts: number;
  readonly startedAt: Date | null;
  readonly step: string | null;
  readonly done: number;
  readonly total: number;
}
