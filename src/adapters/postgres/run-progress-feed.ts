import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { LatestValues } from './latest-values.ts';

const CHANNEL = 'run_progress';
const PAUSE_MS = 500;

const PROGRESS = z.object({
  runId: z.string(),
  campaign: z.string(),
  week: z.string(),
  step: z.string(),
  done: z.number(),
  total: z.number(),
});
type Progress = Readonly<z.infer<typeof PROGRESS>>;

interface FeedOptions {
  /** The database that runs tell their progress on. */
  readonly url: string;
  /** Told after every attempt to listen that failed, with how long nothing was heard by then. */
  readonly onSilence: (ms: number, error: unknown) => void;
}

/** Hears how runs go on, in whatever process, on a connection of its own that comes back when it is lost. */
export class RunProgressFeed {
  readonly #options: FeedOptions;
  readonly #listeners = new Map<LatestValues<Progress>, string>();
  readonly #stop = new AbortController();
  #client: pg.Client | undefined;
  #ended: Promise<void> = Promise.resolve();

  private constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Listens from when it is answered. Throws when the database cannot be reached. */
  static async open(options: FeedOptions): Promise<RunProgressFeed> {
    const feed = new RunProgressFeed(options);
    feed.#ended = feed.#keepListening(await feed.#listen());
    return feed;
  }

  /** How runs of a campaign go on, from now on and without an end. */
  subscribe(campaign: string): AsyncIterable<Progress> {
    const values: LatestValues<Progress> = new LatestValues(() => this.#listeners.delete(values));
    this.#listeners.set(values, campaign);
    return values;
  }

  /** Ends every subscription. */
  async close(): Promise<void> {
    this.#stop.abort();
    for (const listener of this.#listeners.keys()) await listener.return();
    await this.#client?.end();
    await this.#ended;
  }

  async #keepListening(first: Listening): Promise<void> {
    let { lost } = first;
    for (;;) {
      await lost;
      const next = await this.#listenAgain(performance.now());
      if (next === undefined) return;
      lost = next.lost;
    }
  }

  /** Undefined when the feed was closed. */
  async #listenAgain(silentSince: number): Promise<Listening | undefined> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        return await this.#listen();
      } catch (error) {
        this.#options.onSilence(performance.now() - silentSince, error);
        await setTimeout(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  async #listen(): Promise<Listening> {
    const client = new pg.Client({
      connectionString: this.#options.url,
      application_name: 'waarom progress',
      keepAlive: true,
    });
    // An error is followed by the end, which is what counts.
    client.on('error', () => undefined);
    client.on('notification', ({ payload = '' }) => this.#tell(payload));
    const lost = new Promise<void>((resolve) => client.once('end', () => resolve()));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.#client = client;
    if (this.#stop.signal.aborted) await client.end();
    return { lost };
  }

  #tell(payload: string): void {
    const progress = PROGRESS.parse(JSON.parse(payload));
    for (const [listener, campaign] of this.#listeners) {
      if (campaign === progress.campaign) listener.push(progress.runId, progress);
    }
  }
}

/** `lost` ends with the connection. */
interface Listening {
  readonly lost: Promise<void>;
}
