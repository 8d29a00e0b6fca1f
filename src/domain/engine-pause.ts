import { Refusal } from './refusal.ts';

/**
 * What a pause stops: the engine of a campaign; the flow of a campaign, so that it mails nobody; everything that runs in the
 * background.
 */
export const PAUSE_SCOPES = ['CAMPAIGN', 'FLOW', 'EVERYTHING'] as const;
export type PauseScope = (typeof PAUSE_SCOPES)[number];

/** What goes on by itself or by an act of people, as far as a pause can stop it. */
export type Activity =
  /** A run starts, is resumed, or takes its next step. */
  | 'RUN'
  /** A batch of a run is released or handed to the mail tool. */
  | 'MAIL'
  /** The same of a batch that was drawn while the engine was off. */
  | 'FALLBACK_MAIL'
  /** Models are judged, past weeks executed again, weeks simulated, for the impact of a config change too. */
  | 'BACKGROUND';

const STOPS: Readonly<Record<PauseScope, readonly Activity[]>> = {
  CAMPAIGN: ['RUN', 'MAIL'],
  FLOW: ['MAIL', 'FALLBACK_MAIL'],
  EVERYTHING: ['RUN', 'MAIL', 'FALLBACK_MAIL', 'BACKGROUND'],
};

/** A pause in force. Who and why is not known of one that began before pauses were kept. */
export interface PauseInForce {
  readonly scope: PauseScope;
  /** Null of everything. */
  readonly campaign: string | null;
  readonly pausedBy: string | null;
  readonly pausedAt: Date | null;
  readonly reason: string | null;
}

/** The pause that stops an activity, the widest first; undefined where nothing does. */
export function stopping<P extends PauseInForce>(pauses: readonly P[], activity: Activity): P | undefined {
  const stops = pauses.filter(({ scope }) => STOPS[scope].includes(activity));
  return stops.find(({ scope }) => scope === 'EVERYTHING') ?? stops[0];
}

/** A pause as a sentence: what it stops, by whom, since when, why. */
export function pauseText({ scope, campaign, pausedBy, pausedAt, reason }: PauseInForce): string {
  const what = {
    CAMPAIGN: `The engine of ${campaign} is paused`,
    FLOW: `The flow of ${campaign} is paused`,
    EVERYTHING: 'Everything is paused',
  }[scope];
  const who = pausedBy === null ? '' : ` by ${pausedBy}`;
  const since = pausedAt === null ? '' : ` since ${pausedAt.toISOString()}`;
  return `${what}${who}${since}${reason === null ? '' : `, because: ${JSON.stringify(reason)}`}.`;
}

/** The refusal of what a pause stops; null where none does. */
export function judgePause(pauses: readonly PauseInForce[], activity: Activity): Refusal | null {
  const pause = stopping(pauses, activity);
  return pause === undefined ? null : new Refusal('INVALID_STATE', 'ENGINE_PAUSED', pauseText(pause));
}

export const STOPPED_THINGS = ['SCHEDULED_RUN', 'RUN', 'BATCH', 'HAND_OFF', 'JUDGING'] as const;

/**
 * One thing that a pause stopped: its week (none of a model version that was being judged; none of a scheduled run in pauses from
 * before it was told), its id where it has one, when it was due, and how far it was.
 */
export interface Stopped {
  readonly what: (typeof STOPPED_THINGS)[number];
  readonly campaign: string;
  readonly week: string | null;
  readonly id: string | null;
  /** RFC 3339. */
  readonly dueAt: string | null;
  readonly status: string | null;
}
