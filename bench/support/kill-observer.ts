import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { OWNER } from '../../src/adapters/postgres/postgres-cluster.ts';
import { findPostmaster, type Postmaster } from '../../src/adapters/postgres/postmaster.ts';
import type { IsoWeek } from '../../src/domain/week.ts';
import { CAMPAIGN } from './kill-world.ts';

/** What is being done of a week, in order; ABSENT before its run was started. */
export const STATES = [
  'ABSENT',
  'RECEIVE',
  'DECIDE',
  'EXPLAIN',
  'CHALLENGE',
  'DRAW',
  'IN_REVIEW',
  'SUBMITTED',
  'APPROVED',
  'RELEASED',
  'HANDED_OFF',
] as const;
export type State = (typeof STATES)[number];

const POLL_MS = 4;

/** The embedded server of a DATA_DIR, undefined when none runs. */
export function postmasterOf(dataDir: string): Postmaster | undefined {
  return findPostmaster(join(dataDir, 'postgres', 'cluster'));
}

/** Watches from outside how far a week is, as far as the server lets it, and how long it was in each state. */
export class Observer {
  /** The last state seen. */
  state: State = 'ABSENT';
  /** Whether a process of the service was connected at the last look. */
  working = false;
  /** Whether one was since this was last set to false. */
  worked = false;
  /** Milliseconds seen in each state while a process was connected. */
  readonly spent = new Map<State, number>();
  #watching = true;
  readonly #ended: Promise<void>;

  constructor(
    readonly dataDir: string,
    readonly week: IsoWeek,
  ) {
    this.#ended = this.#watch();
  }

  async stop(): Promise<void> {
    this.#watching = false;
    await this.#ended;
  }

  async #watch(): Promise<void> {
    while (this.#watching) {
      const client = await connectTo(this.dataDir);
      this.working = false;
      if (client !== undefined) await this.#poll(client).catch(() => client.end().catch(() => undefined));
      await setTimeout(20);
    }
  }

  async #poll(client: pg.Client): Promise<void> {
    let before = performance.now();
    while (this.#watching) {
      const { rows } = await client.query<{ state: State; working: boolean }>({
        name: 'look',
        text: `select coalesce((
                 select case when h.delivered_at is not null then 'HANDED_OFF'
                             when b.id is not null then b.status
                             when r.step = 'DONE' then 'HANDED_OFF' else r.step end
                 from run r left join batch b on b.run_id = r.id left join hand_off h on h.batch_id = b.id
                 where r.campaign = $1 and r.week = $2 and r.current), 'ABSENT') as state,
                 exists (select from pg_stat_activity where application_name = 'waarom') as working`,
        values: [CAMPAIGN, this.week],
      });
      const now = performance.now();
      const { state = 'ABSENT', working = false } = rows[0] ?? {};
      if (working) this.spent.set(state, (this.spent.get(state) ?? 0) + now - before);
      before = now;
      this.state = state;
      this.working = working;
      this.worked ||= working;
      await setTimeout(POLL_MS);
    }
    await client.end();
  }
}

/** An owner's connection, undefined when the server does not take one now. */
async function connectTo(dataDir: string): Promise<pg.Client | undefined> {
  const server = postmasterOf(dataDir);
  if (server === undefined) return undefined;
  const client = new pg.Client({
    host: '127.0.0.1',
    port: server.port,
    user: OWNER,
    password: readFileSync(join(dataDir, 'postgres', 'password'), 'utf8').trim(),
    database: 'postgres',
    application_name: 'observer',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch {
    await client.end().catch(() => undefined);
    return undefined;
  }
}
