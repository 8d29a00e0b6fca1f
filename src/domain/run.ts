export const RUN_STATUSES = [
  'CHECKING',
  'SCORING',
  'SELECTING',
  'AWAITING_REVIEW',
  'HALTED',
  'FAILED',
  'RELEASED',
  'REJECTED',
  'SUPERSEDED',
  'EMPTY',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const RUN_TRIGGERS = ['SCHEDULE', 'MANUAL', 'RESUME'] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

/** What is still to be done, each in a transaction of its own: a run that was cut off goes on at its step. */
export const RUN_STEPS = ['RECEIVE', 'DECIDE', 'EXPLAIN', 'CHALLENGE', 'DRAW', 'DONE'] as const;
export type RunStep = (typeof RUN_STEPS)[number];

/** The status of a run that is at a step. */
export const STATUS_AT_STEP = {
  RECEIVE: 'CHECKING',
  DECIDE: 'SCORING',
  EXPLAIN: 'SELECTING',
  CHALLENGE: 'SELECTING',
  DRAW: 'SELECTING',
} as const satisfies Partial<Record<RunStep, RunStatus>>;

/** A run in one of these may be followed by a new attempt of its week: nothing of it was or will be released. */
export const REPEATABLE: readonly RunStatus[] = ['HALTED', 'FAILED', 'REJECTED', 'EMPTY'];
