import type { Answer, Person } from '../api-service.ts';
import type { Tour } from './tour.ts';

/** What an answer holds. */
export type Data = Answer['data'];

/**
 * Something that a person asks of the API. In variables, and in what is shown, `‹name›` stands for what an earlier step kept under
 * that name: ids are not the same on another day.
 */
export interface Ask {
  readonly who: Person;
  /** Why somebody does this, or what there is to see: a sentence or two. */
  readonly why: string;
  readonly document: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** X-Purpose. */
  readonly purpose?: string;
  /** The variable that is each of a kept list in turn; the last answer is shown. */
  readonly each?: string;
  /** The instant at which it is asked, RFC 3339. */
  readonly at?: string;
  /** Seconds that pass before it is asked where no instant is given, each time; a minute when left out. */
  readonly after?: number;
  /** What later steps need of the answer. */
  readonly keep?: Readonly<Record<string, (data: Data) => unknown>>;
  /** What the answer must hold, as by toMatchObject. */
  readonly holds?: object;
  /** Code and rule by which it must be refused instead. */
  readonly refused?: string;
  /** What of the answer is shown, where not all of it. */
  readonly shows?: (data: Data) => unknown;
  /** How many of a list are shown, 3 when left out. */
  readonly most?: number;
}

/** Something that happens elsewhere: a command, or a job of the engine. */
export interface Happening {
  /** The command as it is typed; null where nobody types anything. */
  readonly command: string | null;
  readonly why: string;
  /** The instant that it is by then, RFC 3339. */
  readonly at?: string;
  /** Does it, and answers what it says; nothing where it says nothing. */
  readonly happen: (tour: Tour) => Promise<string | undefined>;
  readonly says?: RegExp;
}

export type Step = Ask | Happening;

export interface Chapter {
  readonly title: string;
  /** What it is about, in a sentence or two. */
  readonly about: string;
  readonly steps: readonly Step[];
}
