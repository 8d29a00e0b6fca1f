import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { loadSettings, type Settings } from '../../../src/config.ts';
import { type Bank, createBank } from '../../../src/demo/bank.ts';
import { Pace } from '../../../src/domain/pace.ts';
import { ownerDataSource } from '../../../src/store/data-source.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { type Answer, ApiService } from '../api-service.ts';
import { LOG } from '../audit-log.ts';
import { createEmptyDatabase } from '../database.ts';
import { countedIds, countedRandomness } from '../recorded-story.ts';
import type { Ask, Happening, Step } from './tour-step.ts';

/** A kept value in the variables of a step. */
const KEPT = /^‹(.+)›$/;

/** A step with what came of it: the answer of the API, or what a command said. */
export interface Played {
  readonly step: Step;
  readonly came: Answer | string | undefined;
  /** How often it was asked. */
  readonly times: number;
}

/** The service from an empty database on, with a small bank; the same on every day and every machine. */
export class Tour {
  readonly #kept = new Map<string, unknown>();
  readonly played: Played[] = [];

  private constructor(
    readonly service: ApiService,
    readonly bank: Bank,
    /** For commands that open the service by themselves. */
    readonly settings: Settings,
  ) {}

  static async start(): Promise<Tour> {
    const database = await createEmptyDatabase();
    const owner = await ownerDataSource(database.databaseUrl).initialize();
    await migrate(owner).finally(() => owner.destroy());
    const reading = { purposeRequired: true, pace: new Pace(30), alarmAt: 100 };
    const made = { ids: countedIds(), randomness: countedRandomness(), reading };
    const service = await ApiService.start(made, {}, database);
    const { harness } = service;
    harness.now = new Date('2026-10-29T09:00:00Z');
    const folder = harness.folder;
    const AUDIT_KEY_FILE = join(folder, 'audit.key');
    await mkdir(join(folder, 'inbox'));
    await writeFile(AUDIT_KEY_FILE, `${LOG.signer.text}\n`, { mode: 0o600 });
    const environment = {
      DATABASE_URL: database.databaseUrl,
      DATA_DIR: folder,
      AUDIT_ORIGIN: LOG.origin,
      AUDIT_KEY_FILE,
      LOG_LEVEL: 'silent',
    };
    const bank = createBank({
      seed: 2026,
      customers: 2000,
      lastWeek: '2026-W45',
      weeks: 2,
      crashWeek: null,
    });
    return new Tour(service, bank, loadSettings(environment, folder));
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  /** What is kept, by its name. */
  get kept(): ReadonlyMap<string, unknown> {
    return this.#kept;
  }

  keep(name: string, value: unknown): void {
    this.#kept.set(name, value);
  }

  /** Does what a step says, and holds what comes of it against what must; nothing may fail in the background. */
  async play(step: Step): Promise<void> {
    this.played.push('who' in step ? await this.#ask(step) : await this.#happen(step));
    await this.service.api.background.idle();
    await this.service.sequence();
    expect(this.service.log.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  }

  async #ask(step: Ask): Promise<Played> {
    const { who, document, variables = {}, purpose, each, at, after = 60, refused } = step;
    const headers = purpose === undefined ? {} : { 'x-purpose': purpose };
    const given = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, this.#meant(value)]),
    );
    const list = each === undefined ? [undefined] : given[each];
    if (!Array.isArray(list) || list.length === 0) throw new Error(`${each} is no list`);
    let answer: Answer = { data: null };
    for (const one of list) {
      this.#becomes(at, after);
      const token = await this.service.token(who);
      const asked = each === undefined ? given : { ...given, [each]: one };
      answer = await this.service.askWith(token, document, asked, headers);
      expect(refusalIn(answer)).toBe(refused);
    }
    if (step.holds !== undefined) expect(answer.data).toMatchObject(step.holds);
    for (const [name, from] of Object.entries(step.keep ?? {})) this.keep(name, from(answer.data));
    return { step, came: answer, times: list.length };
  }

  async #happen(step: Happening): Promise<Played> {
    this.#becomes(step.at, 60);
    const said = await step.happen(this);
    if (step.says !== undefined) expect(said).toMatch(step.says);
    return { step, came: said, times: 1 };
  }

  /** Sets the clock: to an instant, or so many seconds on. */
  #becomes(instant: string | undefined, seconds: number): void {
    const { harness } = this.service;
    harness.now = new Date(instant ?? harness.now.getTime() + 1000 * seconds);
  }

  #meant(value: unknown): unknown {
    const name = typeof value === 'string' ? KEPT.exec(value)?.[1] : undefined;
    if (name === undefined) return value;
    if (!this.#kept.has(name)) throw new Error(`nothing was kept as ${name}`);
    return this.#kept.get(name);
  }
}

/** Code and rule of the one refusal; the whole where there are several or it is a fault. */
function refusalIn({ errors }: Answer): string | undefined {
  if (errors === undefined) return undefined;
  const [first, second] = errors;
  const rule = first?.extensions.rule;
  if (second !== undefined || rule === undefined) return JSON.stringify(errors);
  return `${first?.extensions.code} ${rule}`;
}
