import { setTimeout } from 'node:timers/promises';
import type { IsoWeek } from '../../src/domain/week.ts';
import { Observer } from './kill-observer.ts';
import { OutboxWatch } from './kill-outbox.ts';
import { isAfter, type Kind, type Moment, Plan, placeOf } from './kill-plan.ts';
import { type Ending, killServer, type Phase, serverGone, startVictim, type Victim } from './kill-process.ts';
import type { World } from './kill-world.ts';

/** One kill: what, and where in the work it fell. */
export interface Kill {
  readonly week: IsoWeek;
  readonly kind: Kind;
  readonly place: string;
}

export interface SeriesOptions {
  /** The folder with the compiled service. */
  readonly programs: string;
  readonly kills: number;
  readonly seed: number;
  /** What is wrong after a week, as both copies show it. */
  readonly check: (week: IsoWeek) => Promise<readonly string[]>;
  readonly onKill: (kill: Kill) => void;
  readonly onWeek: (week: IsoWeek, faults: readonly string[]) => void;
}

/** A process that has not ended by then hangs. */
const HANGS_MS = 180_000;
const PHASES = ['run', 'release'] as const satisfies readonly Phase[];

/**
 * Runs and releases week after week on both copies, on one of them by processes that are killed, until there were `kills` of
 * them and the week under way is done. Answers what was found wrong.
 */
export async function killSeries(world: World, options: SeriesOptions): Promise<readonly string[]> {
  const faults: string[] = [];
  const plan = new Plan(options.seed);
  const outbox = new OutboxWatch(world.killed);
  let kills = 0;
  while (kills < options.kills) {
    const week = await world.nextWeek();
    const measured = await measure(world, options.programs, week);
    const observer = new Observer(world.killed, week);
    const found: string[] = [];
    for (const phase of PHASES) {
      const attempt = new Attempt(world.killed, options.programs, phase, week, observer, found);
      while (kills < options.kills) {
        const next = plan.next(phase, observer, measured);
        if (next === undefined) break;
        const place = await attempt.killed(next.kind, next.moment, plan);
        await outbox.look();
        if (place === undefined) {
          plan.missed(next.kind);
          break;
        }
        kills++;
        options.onKill({ week, kind: next.kind, place });
      }
      await attempt.undisturbed();
    }
    await observer.stop();
    found.push(...(await options.check(week)), ...(await outbox.faults()));
    options.onWeek(week, found);
    faults.push(...found.map((fault) => `${week}: ${fault}`));
  }
  return faults;
}

/** The week on the copy that nothing happens to; the observer has seen how long each state takes. */
async function measure({ reference }: World, programs: string, week: IsoWeek): Promise<Observer> {
  const observer = new Observer(reference, week);
  for (const phase of PHASES) {
    const { code, said } = await startVictim(programs, phase, reference, week).ended;
    if (code !== 0) throw new Error(`${phase} of ${week} failed undisturbed (${code}): ${said}`);
  }
  await observer.stop();
  return observer;
}

/** A phase of a week on the copy whose processes are killed. */
class Attempt {
  constructor(
    readonly dataDir: string,
    readonly programs: string,
    readonly phase: Phase,
    readonly week: IsoWeek,
    readonly observer: Observer,
    readonly faults: string[],
  ) {}

  /** Lets the phase come to its end. */
  async undisturbed(): Promise<void> {
    this.#expectGood(await this.#ending(this.#start()));
  }

  /** Kills at a moment and answers where that was; undefined when the phase was done before it came. */
  async killed(kind: Kind, { state, delay }: Moment, plan: Plan): Promise<string | undefined> {
    if (kind === 'STARTING') {
      killServer(this.dataDir, plan.chance(0.5) ? 'SIGKILL' : 'SIGQUIT');
      await serverGone(this.dataDir);
    }
    this.observer.worked = false;
    const victim = this.#start();
    const ending = this.#ending(victim);
    const other = kind === 'ONE_OF_TWO' ? this.#ending(this.#start()) : undefined;
    const reached = () => state === null || (this.observer.working && isAfter(this.observer.state, state));
    while (victim.running() && !reached()) await setTimeout(2);
    await Promise.race([setTimeout(delay), victim.ended]);
    const place = placeOf(this.phase, this.observer);
    const hit = await this.#strike(kind, victim);
    if (other !== undefined) this.#expectGood(await other);
    const ended = await ending;
    if (hit) return place;
    this.#expectGood(ended);
    return undefined;
  }

  /** False when the process ended before. Where the server is meant and does not run yet, waits for it. */
  async #strike(kind: Kind, victim: Victim): Promise<boolean> {
    while (victim.running()) {
      const process = kind !== 'SERVER' && kind !== 'IMMEDIATE';
      const server = kind === 'BOTH' || !process;
      const hit = !server || killServer(this.dataDir, kind === 'IMMEDIATE' ? 'SIGQUIT' : 'SIGKILL');
      if (hit && process) victim.kill();
      if (hit) return true;
      await setTimeout(2);
    }
    return false;
  }

  #start(): Victim {
    return startVictim(this.programs, this.phase, this.dataDir, this.week);
  }

  async #ending(victim: Victim): Promise<Ending> {
    const timer = new AbortController();
    const late = setTimeout(HANGS_MS, undefined, { signal: timer.signal }).then(
      () => {
        this.faults.push(`a process of ${this.phase} hangs and was ended`);
        victim.kill();
      },
      () => undefined,
    );
    const ending = await victim.ended;
    timer.abort();
    await late;
    return ending;
  }

  #expectGood({ code, said }: Ending): void {
    if (code !== 0) this.faults.push(`${this.phase} ended with ${code} undisturbed: ${said}`);
  }
}
