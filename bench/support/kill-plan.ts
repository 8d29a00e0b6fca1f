import { Random } from '../../src/demo/random.ts';
import { type Observer, STATES, type State } from './kill-observer.ts';
import type { Phase } from './kill-process.ts';

/**
 * What is killed: the process; the process while it starts the server; one of two at the same week; PostgreSQL's postmaster;
 * both; PostgreSQL as by `pg_ctl stop -m immediate`.
 */
export const KINDS = ['PROCESS', 'STARTING', 'ONE_OF_TWO', 'SERVER', 'BOTH', 'IMMEDIATE'] as const;
export type Kind = (typeof KINDS)[number];

/** Of twenty kills, three meet PostgreSQL. */
const DECK: readonly Kind[] = [
  ...Array.from({ length: 12 }, (): Kind => 'PROCESS'),
  ...([
    'STARTING',
    'STARTING',
    'ONE_OF_TWO',
    'ONE_OF_TWO',
    'ONE_OF_TWO',
    'SERVER',
    'BOTH',
    'IMMEDIATE',
  ] as const),
];
/** The states in which each phase works. After them its process is closing. */
const WORK: Readonly<Record<Phase, readonly State[]>> = {
  run: ['ABSENT', 'RECEIVE', 'DECIDE', 'EXPLAIN', 'CHALLENGE', 'DRAW'],
  release: ['IN_REVIEW', 'SUBMITTED', 'APPROVED', 'RELEASED'],
};
/** What a moment may be looked for in at least: some states are over before they are seen. */
const SHORTEST_MS = 25;
const OPENING_MS = 900;

/** When to kill: after `delay` ms, counted from when the week is in `state` or later and a process works, or from the start. */
export interface Moment {
  readonly state: State | null;
  readonly delay: number;
}

/** Whether one state is another or comes after it. */
export function isAfter(state: State, other: State): boolean {
  return STATES.indexOf(state) >= STATES.indexOf(other);
}

/** Random kills that come again for the same seed; the moments depend on what was measured. */
export class Plan {
  readonly #random: Random;
  #deck: Kind[];

  constructor(seed: number) {
    this.#random = new Random(seed, 7);
    // Every kind comes among the first few.
    this.#deck = this.#shuffled(KINDS);
  }

  chance(probability: number): boolean {
    return this.#random.chance(probability);
  }

  /**
   * The next kill of a phase; undefined when it should come to its end now. One in five comes anywhere between the start of the
   * process and its end, the others in a state that is still to come or in the closing, so that the short ones are met as well.
   * @param measured what the undisturbed week took
   */
  next(phase: Phase, observer: Observer, measured: Observer): { kind: Kind; moment: Moment } | undefined {
    const left = WORK[phase].filter((state) => isAfter(state, observer.state));
    if (left.length === 0 && this.#random.chance(0.7)) return undefined;
    const kind = this.#kind();
    if (kind === 'STARTING') return { kind, moment: { state: null, delay: this.#within(OPENING_MS) } };
    const after = STATES[STATES.indexOf(WORK[phase].at(-1) ?? 'ABSENT') + 1] ?? 'HANDED_OFF';
    const took = (state: State) => Math.max(measured.spent.get(state) ?? 0, SHORTEST_MS);
    if (this.#random.chance(0.2)) {
      const whole = [...left, after].reduce((sum, state) => sum + took(state), OPENING_MS);
      return { kind, moment: { state: null, delay: this.#within(whole) } };
    }
    const states = [...left, after];
    const state = this.#random.chance(0.5) ? states[0] : this.#random.pick(states);
    return { kind, moment: { state: state ?? after, delay: this.#within(took(state ?? after)) } };
  }

  /** Puts back a kind whose moment never came, so that a series leaves none out. */
  missed(kind: Kind): void {
    this.#deck.push(kind);
  }

  #kind(): Kind {
    if (this.#deck.length === 0) this.#deck = this.#shuffled(DECK);
    return this.#deck.pop() ?? 'PROCESS';
  }

  #within(milliseconds: number): number {
    return this.#random.fraction() * milliseconds;
  }

  #shuffled(kinds: readonly Kind[]): Kind[] {
    const rest = [...kinds];
    return Array.from(kinds, () => rest.splice(this.#random.integer(0, rest.length), 1)[0] ?? 'PROCESS');
  }
}

/** Where in its work a phase is, as the report names it. */
export function placeOf(phase: Phase, { state, worked }: Observer): string {
  if (!worked) return `${phase}: opening`;
  return WORK[phase].includes(state) ? `${phase}: ${state}` : `${phase}: closing`;
}
