import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { LatestValues } from './latest-values.ts';
import { JUDGING_PROGRESS, type ProgressTopic, RUN_PROGRESS } from './progress-topics.ts';

const CHANNELS = [RUN_PROGRESS.channel, JUDGING_PROGRESS.channel];
const PAUSE_MS = 500;

/** Whoever hears what is told on a channel. */
interface Listener {
  readonly channel: string;
  readonly hear: (told: unknown) => void;
  readonly end: () => Promise<unknown>;
}

interface FeedOptions {
  /** The database on which work tells its progress. */
  readonly url: string;
  /** Told after every attempt to listen that failed, with how long nothing was heard by then. */
  readonly onSilence: (ms: number, error: unknown) => void;
}

/** Hears how work goes on, in whatever process, on a connection of its own that comes back when it is lost. */
export class ProgressFeed {
  readonly #options: FeedOptions;
  readonly #listeners = new Set<Listener>();
  readonly #stop = new AbortController();
  #client: pg.Client | undefined;
  #ended: Promise<void> = Promise.resolve();

  private constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Listens from when it is answered. Throws when the database cannot be reached. */
  static async open(options: FeedOptions): Promise<ProgressFeed> {
    const feed = new ProgressFeed(options);
    feed.#ended = feed.#keepListening(await feed.#listen());
    return feed;
  }

  /** How work of a campaign goes on, from now on and without an end. */
  subscribe<Progress extends { readonly campaign: string }>(
    { channel, schema, keyOf }: ProgressTopic<Progress>,
    campaign: string,
  ): AsyncIterable<Progress> {
    const values = new LatestValues<Progress>(() => this.#listeners.delete(listener));
    const hear = (told: unknown) => {
      const progress = schema.parse(told);
      if (progress.campaign === campaign) values.push(keyOf(progress), progress);
    };
    const listener: Listener = { channel, hear, end: () => values.return() };
    this.#listeners.add(listener);
    return values;
  }

  /** Ends every subscription. */
  async close(): Promise<void> {
    this.#stop.abort();
    for (const { end } of [...this.#listeners]) await end();
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
    client.on('notification', ({ channel, payload = '' }) => this.#tell(channel, payload));
    const lost = new Promise<void>((resolve) => client.once('end', () => resolve()));
    try {
      await client.connect();
      await client.query(CHANNELS.map((channel) => `listen ${channel}`).join('; '));
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.#client = client;
    if (this.#stop.signal.aborted) await client.end();
    return { lost };
  }

  #tell(channel: string, payload: string): void {
    const told: unknown = JSON.parse(payload);
    for (const listener of this.#listeners) if (listener.channel === channel) listener.hear(told);
  }
}

/** `lost` ends with the connection. */
interface Listening {
  readonly lost: Promise<void>;
}
