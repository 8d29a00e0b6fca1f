import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unmatchedEntries } from '../../bench/support/kill-audit.ts';
import { checkWeek, strayProcesses } from '../../bench/support/kill-checks.ts';
import { contentsOf } from '../../bench/support/kill-contents.ts';
import { OutboxWatch, outboxFaults } from '../../bench/support/kill-outbox.ts';
import { KINDS } from '../../bench/support/kill-plan.ts';
import { brokenRules } from '../../bench/support/kill-rules.ts';
import { type Kill, killSeries } from '../../bench/support/kill-series.ts';
import { CAMPAIGN, makeWorld, type World } from '../../bench/support/kill-world.ts';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/adapters/postgres/embedded-postgres.ts';
import { ownerUrl } from '../../src/store/data-source.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAMS = join(ROOT, 'dist/kills');
/** Enough for every kind of kill to come once. */
const FEW = KINDS.length;
const SEED = Number(process.env.KILLS_SEED ?? Date.now() % 1_000_000);

let folder: string;
let world: World;
let week: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waarom-kills-'));
  const compiler = join(ROOT, 'node_modules/.bin/tsc');
  await promisify(execFile)(compiler, ['-p', 'tsconfig.bench.json', '--outDir', PROGRAMS], { cwd: ROOT });
  world = await makeWorld(folder, 2000, SEED);
}, 180_000);

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe(`a week whose processes are killed at random moments (KILLS_SEED=${SEED})`, () => {
  it('ends as if never killed, PostgreSQL killed among them', { timeout: 180_000 }, async () => {
    const kills: Kill[] = [];
    const faults = await killSeries(world, {
      programs: PROGRAMS,
      kills: FEW,
      seed: SEED,
      check: (done) => checkWeek(world, done),
      onKill: (kill) => kills.push(kill),
      onWeek: (done) => {
        week = done;
      },
    });
    expect(faults).toEqual([]);
    expect(kills.map(({ kind }) => kind).toSorted()).toEqual([...KINDS].toSorted());
  });

  it('leaves no process behind', async () => {
    await expect.poll(() => strayProcesses(folder, PROGRAMS), { timeout: 10_000 }).toEqual([]);
  });
});

describe('a week that is not as if never killed', () => {
  let server: EmbeddedPostgres;
  let owner: pg.Client;

  beforeAll(async () => {
    server = await startEmbeddedPostgres(world.killed);
    owner = new pg.Client({ connectionString: ownerUrl(server.url) });
    await owner.connect();
  });

  afterAll(async () => {
    await owner.end();
    await server.stop();
  });

  /** What the checks say while a statement is in force that is then undone. */
  async function seenAfter<R>(tampering: string, look: () => Promise<R>): Promise<R> {
    await owner.query('begin');
    await owner.query(tampering);
    return look().finally(() => owner.query('rollback'));
  }

  it.each([
    ['one decision', 'delete from decision where row_no = 7'],
    ['not attached', 'create table snapshot_row_00000000000000000000000000000000 ()'],
    ['whom the decisions mail', `update decision set outcome = 2 where outcome = 0`],
    ['scored in the shadow', 'delete from challenger_decision where place = 0'],
    ['neither removed nor dropped', 'update recipient set dropped = null'],
    [
      'every message of the flow',
      `delete from contact where mailing like '%/day-7' and campaign = '${CAMPAIGN}'`,
    ],
    ['handed over once', 'update hand_off set delivered_at = null'],
    ['released as it was approved', `update batch set status = 'APPROVED'`],
    ['another ended', `update run set status = 'FAILED', step = 'DRAW'`],
    [
      'first attempt',
      `insert into run select (jsonb_populate_record(r, '{"id": "00000000-0000-0000-0000-000000000000", "attempt": 2,
                                                        "current": false, "status": "SUPERSEDED"}')).*
       from run r limit 1`,
    ],
  ])('is seen to break the rule: %s', async (rule, tampering) => {
    const faults = await seenAfter(tampering, () => brokenRules(owner, week));
    expect(faults.join()).toContain(rule);
  });

  it.each([
    ['decisions', 'update decision set score = score + 1e-16 where rank = 1'],
    ['challenged', 'update challenger_decision set score = score + 1e-16 where rank = 1'],
    ['snapshot', 'update snapshot_row set quiet = not quiet where row_no = 7'],
    [
      'recipients',
      'update recipient set removal_note = removal_note || removal_note where removed_by is not null',
    ],
    ['contacts', `delete from contact where mailing = '${CAMPAIGN}/day-0'`],
  ])('is seen to differ in its %s', async (content, tampering) => {
    const before = await contentsOf(owner, week);
    const after = await seenAfter(tampering, () => contentsOf(owner, week));
    expect([...before.keys()].filter((name) => before.get(name) !== after.get(name))).toContain(content);
  });

  it.each(['run.start', 'run.decide', 'run.challenge', 'batch.release', 'batch.handOff'])(
    'is seen to have a second entry of %s',
    async (action) => {
      const again = `insert into audit_entry select index + 1000000, bytes, leaf, at, actor, role, action, campaign, subject, digest
                     from audit_entry where action = '${action}'`;
      expect(await unmatchedEntries(owner)).toEqual([]);
      expect(await seenAfter(again, () => unmatchedEntries(owner))).toHaveLength(1);
    },
  );

  it('is seen to lack an entry', async () => {
    const lost = 'alter table audit_entry disable trigger only_grows; delete from audit_entry';
    expect(await seenAfter(lost, () => unmatchedEntries(owner))).toHaveLength(3);
  });

  it('is seen to have half a file, or one too many, in the outbox', async () => {
    const outbox = join(world.killed, 'outbox', CAMPAIGN);
    const faults = () => outboxFaults(owner, world.killed);
    await writeFile(join(outbox, '.half.csv.part'), 'half');
    expect(await faults()).toEqual([]);
    await writeFile(join(outbox, 'second.csv'), 'party_id');
    expect((await faults()).join()).toContain('second.csv');
    await rm(join(outbox, 'second.csv'));
    const file = join(outbox, (await readdir(outbox)).find((name) => /^[^.].*\.csv$/.test(name)) ?? '');
    const watch = new OutboxWatch(world.killed);
    await watch.look();
    expect(await watch.faults()).toEqual([]);
    await appendFile(file, 'more\n');
    expect((await watch.faults()).join()).toContain('before it was whole');
    expect((await faults()).join()).toContain('not what was released');
    await truncate(file, 40);
    expect((await faults()).join()).toContain('not what was released');
  });
});
