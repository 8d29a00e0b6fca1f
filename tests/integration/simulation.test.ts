import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/domain/campaign.ts';
import { patchedConfig } from '../../src/domain/config-patch.ts';
import type { Scorer } from '../../src/domain/ports.ts';
import { cancellation } from '../../src/domain/refusal.ts';
import type { SimulatedWeek } from '../../src/domain/replay.ts';
import type { ModelVersionRow } from '../../src/store/model-version.row.ts';
import { currentRuns } from '../../src/store/recorded-weeks.reads.ts';
import { type AskedSimulation, MOST_WEEKS } from '../../src/use-cases/ask-simulation.ts';
import { withdrawDataUse } from '../../src/use-cases/data-uses.ts';
import { eraseCustomer, requestErasure } from '../../src/use-cases/erase-customer.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { replayWeeks } from '../../src/use-cases/replay-weeks.ts';
import { simulate } from '../../src/use-cases/simulate.ts';
import { auditEntries } from '../support/audit-entries.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { BARRED, recordWeeks, registerVariant, WEEKS } from '../support/recorded-weeks.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA, person, type ServiceHarness } from '../support/service-harness.ts';
import { SMALL } from '../support/small-campaign.ts';

/** What the model was asked, and a gate at which it waits while it is closed. */
const model = { open: 0, rows: 0, barred: 0, asked: Promise.withResolvers<void>(), gate: Promise.resolve() };

const watchedScorer: Scorer = {
  async open(spec) {
    const session = await likelyScorer.open(spec);
    model.open++;
    return {
      ...session,
      async score(matrix, rows) {
        model.rows += rows;
        model.asked.resolve();
        for (let row = 0; row < rows; row++)
          if (matrix[row * spec.features.length] === BARRED) model.barred++;
        await model.gate;
        return session.score(matrix, rows);
      },
      async close() {
        model.open--;
        await session.close();
      },
    };
  },
};

let harness: ServiceHarness;
let half: ModelVersionRow;
let marketWise: ModelVersionRow;

beforeAll(async () => {
  harness = await recordWeeks({ scorer: watchedScorer });
  half = await registerVariant(harness, '2', (card) =>
    card
      .replace('name: likely, label', 'name: half, label')
      .replace('{ column: likely }', '{ weighted: { likely: 0.5 } }'),
  );
  marketWise = await registerVariant(harness, '3', (card) =>
    card
      .replace('name: age, label', 'name: fund_week, label')
      .replace('{ column: age }', '{ fundChange: { days: 7 } }'),
  );
}, 60_000);

afterAll(() => harness.stop());

const ALL: AskedSimulation = {
  campaign: SMALL,
  from: '2026-W30',
  to: '2026-W39',
  model: null,
  patch: {},
  shifts: [],
  judgeMarket: false,
};
const never = new AbortController().signal;

async function simulated(
  asked: Partial<AskedSimulation> = {},
  caller = OLGA,
): Promise<readonly SimulatedWeek[]> {
  const weeks: SimulatedWeek[] = [];
  for await (const { week } of simulate(harness.services, caller, { ...ALL, ...asked }, never))
    if (week !== null) weeks.push(week);
  return weeks;
}

const refused = (asked: Partial<AskedSimulation>, caller = OLGA) => refusalOf(simulated(asked, caller));

/** Every row of every table, digested. */
async function tables(): Promise<ReadonlyMap<string, string>> {
  const owner = new pg.Client({ connectionString: harness.database.ownerUrl });
  await owner.connect();
  const names = await owner.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  );
  const found = new Map<string, string>();
  for (const { name } of names.rows) {
    const { rows } = await owner.query<{ digest: string }>(
      `select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as digest from ${name} t`,
    );
    found.set(name, rows[0]?.digest ?? '');
  }
  await owner.end();
  return found;
}

describe('a simulation in which nothing is otherwise', () => {
  it('comes to what is on record, checks and all', async () => {
    const { db } = harness.services;
    const weeks = await simulated();
    expect(weeks.map(({ week }) => week)).toEqual(WEEKS);
    const recorded: { week: string; verdict: string; line: string }[] = await db.query(
      `select week, verdict, c.name || ': ' || c.message as line from run r join run_check c on c.run_id = r.id
       where verdict <> 'PASS' order by week, position`,
    );
    const lines = (week: string, verdict: string) =>
      recorded.filter((found) => found.week === week && found.verdict === verdict).map(({ line }) => line);
    for (const week of weeks.filter(({ recorded: mailed }) => mailed !== null)) {
      expect(week).toMatchObject({ replayed: true, simulated: week.recorded, enter: 0, leave: 0, erased: 0 });
      expect({ halted: week.halted, warned: week.warned }).toEqual({
        halted: lines(week.week, 'HALT'),
        warned: lines(week.week, 'WARN'),
      });
    }
    expect(recorded.filter(({ line }) => line.startsWith('VOLUME_SPIKE')).length).toBeGreaterThan(0);
    expect(recorded.filter(({ line }) => line.startsWith('SCORE_SHIFT')).length).toBeGreaterThan(0);
    expect(recorded.filter(({ line }) => line.startsWith('FEATURE_SHIFT')).length).toBeGreaterThan(0);
  });

  it('says what would have been in a week that halted before anybody was scored, and what is missing where nothing is', async () => {
    const [fallen, absent] = (await simulated()).slice(6, 8);
    expect(fallen).toMatchObject({ week: '2026-W36', replayed: true, recorded: null, leave: 0 });
    expect(fallen?.simulated).toBeGreaterThan(0);
    expect(fallen?.halted).toEqual([expect.stringMatching(/^MARKET_BAND: the funds changed by -20.00 %/)]);
    expect(absent).toMatchObject({
      week: '2026-W37',
      replayed: false,
      recorded: null,
      simulated: 0,
      halted: ['NOT_REPLAYED: no feed of the week was accepted'],
    });
  });

  it('changes no table but the log, where it stands as asked for', async () => {
    const before = await tables();
    await simulated({
      patch: { threshold: 0.3 },
      model: half.id,
      shifts: [{ feature: 'half', multiply: 1.1, add: 0 }],
    });
    const after = await tables();
    const changed = [...after.keys()].filter((name) => after.get(name) !== before.get(name));
    expect(changed).toEqual(['audit_staged']);
    const entries = await auditEntries(harness.services.db);
    expect(entries.at(-1)).toMatchObject({
      actor: 'olga',
      action: 'simulation.run',
      campaign: SMALL,
      details: {
        from: '2026-W30',
        to: '2026-W39',
        weeks: 10,
        model: half.digest,
        settings: ['threshold = 0.3'],
        shifts: ['half * 1.1 + 0'],
      },
    });
  });

  it('scores the eligible and nobody else', async () => {
    model.rows = 0;
    const weeks = await simulated({
      patch: { minAge: 18, restWeeks: 0, maxMailsPerDay: 100, maxMailsPer14Days: 100 },
    });
    expect(model.rows).toBe(weeks.reduce((sum, { eligible }) => sum + eligible, 0));
    expect(model.rows).toBeGreaterThan(800);
    expect(model.barred).toBe(0);
  });
});

describe('what is otherwise', () => {
  it('is the model, registered and not yet approved', async () => {
    const weeks = await simulated({ model: half.id });
    for (const { replayed, simulated: mailed, aboveThreshold } of weeks.filter((week) => week.replayed))
      expect({ replayed, mailed, aboveThreshold }).toEqual({ replayed: true, mailed: 5, aboveThreshold: 0 });
  });

  it('is a feature, as the model would see it', async () => {
    const counts = (weeks: readonly SimulatedWeek[]) =>
      weeks.map(({ week, simulated: mailed, enter, leave, eligible }) => ({
        week,
        mailed,
        enter,
        leave,
        eligible,
      }));
    const patch = { threshold: 0.26 };
    const shifted = await simulated({ patch, shifts: [{ feature: 'likely', multiply: 0.5, add: 0 }] });
    expect(counts(shifted)).toEqual(counts(await simulated({ patch, model: half.id })));
    expect(shifted.some(({ enter }) => enter > 0)).toBe(true);
    const more = await simulated({ shifts: [{ feature: 'likely', multiply: 1, add: 0.1 }] });
    for (const week of more.filter(({ recorded }) => recorded !== null))
      expect(week.aboveThreshold).toBeGreaterThan(0);
    expect(more.reduce((sum, week) => sum + week.simulated, 0)).toBeGreaterThan(
      more.reduce((sum, week) => sum + (week.recorded ?? 0), 0),
    );
  });

  it('is the market: MARKET_BAND judges what is shifted only where that is asked', async () => {
    const market = async (add: number | null, judgeMarket: boolean) => {
      const shifts = add === null ? [] : [{ feature: 'fund_week', multiply: 1, add }];
      const weeks = await simulated({ model: marketWise.id, shifts, judgeMarket });
      return weeks
        .filter(({ halted }) => halted.some((line) => line.startsWith('MARKET_BAND')))
        .map(({ week }) => week);
    };
    expect(await market(null, false)).toEqual(['2026-W36']);
    expect(await market(0.5, false)).toEqual([]);
    expect(await market(0.2, true)).toEqual(
      WEEKS.filter((week) => week !== '2026-W36' && week !== '2026-W37'),
    );
    expect(await market(0.5, true)).toHaveLength(9);
  });

  it('is how long a customer rests, longer than the frozen rows know of', async () => {
    const { services } = harness;
    const runs = await currentRuns(services.db.manager, SMALL, '2026-W38', '2026-W38');
    const released: { customer: string }[] = await services.db.query(
      `select distinct customer from released_recipient where week between '2026-W31' and '2026-W37'`,
    );
    const resting = new Set(released.map(({ customer }) => customer));
    const mailedAmong = async (restWeeks: number) => {
      const settings = (recorded: Config) => patchedConfig(recorded, { restWeeks });
      const whatIf = { settings, model: null, shifts: [], judgeMarket: false };
      const found: string[] = [];
      for await (const week of replayWeeks(services, runs, whatIf, never))
        if ('mailed' in week) found.push(...week.mailed.filter((customer) => resting.has(customer)));
      return found.length;
    };
    expect(await mailedAmong(2)).toBeGreaterThan(0);
    expect(await mailedAmong(8)).toBe(0);
  });

  it('cannot be what does not fit', async () => {
    expect(await refused({ from: '2026-W31', to: '2026-W30' })).toBe('BAD_INPUT SPAN');
    expect(await refused({ from: '2020-W01', to: '2026-W30' })).toBe('LIMIT_EXCEEDED SIMULATED_WEEKS');
    expect(MOST_WEEKS).toBeLessThan(330);
    expect(await refused({ from: '2026-W01', to: '2026-W02' })).toBe('NOT_FOUND RUN');
    expect(await refused({ campaign: 'none' })).toBe('NOT_FOUND CAMPAIGN');
    expect(await refused({ model: 'nonsense' })).toBe('NOT_FOUND MODEL_VERSION');
    expect(await refused({ patch: { threshold: 2 } })).toBe('BAD_INPUT SETTINGS');
    const shift = { feature: 'likely', multiply: 1, add: 0 };
    expect(await refused({ shifts: [{ ...shift, feature: 'half' }] })).toBe('BAD_INPUT SHIFT');
    expect(await refused({ shifts: [{ ...shift, multiply: Number.NaN }] })).toBe('BAD_INPUT SHIFT');
    expect(await refused({ shifts: Array(21).fill(shift) })).toBe('LIMIT_EXCEEDED SHIFTS');
    expect(await refused({}, person('cees', 'CONTACT_CENTRE'))).toBe('FORBIDDEN simulation.run');
  });
});

describe('a simulation under way', () => {
  it('is one for each person, and two in all', async () => {
    const first = simulate(harness.services, OLGA, ALL, never);
    await first.next();
    expect(await refused({})).toBe('LIMIT_EXCEEDED ONE_SIMULATION');
    const second = simulate(harness.services, MARK, ALL, never);
    await second.next();
    expect(await refused({}, CARLA)).toBe('LIMIT_EXCEEDED SIMULATIONS');
    await first.return(undefined);
    expect(await simulated({ to: '2026-W31' }, CARLA)).toHaveLength(2);
    await second.return(undefined);
    const entries = await auditEntries(harness.services.db);
    expect(entries.filter(({ refusal }) => refusal?.rule === 'SIMULATIONS')).toHaveLength(1);
  });

  it('ends soon when it is cancelled, and leaves nothing', async () => {
    const cancel = new AbortController();
    const gate = Promise.withResolvers<void>();
    model.gate = gate.promise;
    model.asked = Promise.withResolvers();
    const weeks = simulate(harness.services, OLGA, ALL, cancel.signal);
    await weeks.next();
    const next = refusalOf(weeks.next());
    await model.asked.promise;
    model.rows = 0;
    cancel.abort(cancellation());
    gate.resolve();
    expect(await next).toBe('UNAVAILABLE CANCELLED');
    expect(model).toMatchObject({ open: 0 });
    // The weeks that were begun were one block each: none was begun after.
    expect(model.rows).toBe(0);
    expect(await simulated({ to: '2026-W30' })).toHaveLength(1);
  });

  it('ends when whoever follows it leaves', async () => {
    for await (const { week } of simulate(harness.services, OLGA, ALL, never)) if (week !== null) break;
    expect(model.open).toBe(0);
    expect(await simulated({ to: '2026-W30' })).toHaveLength(1);
  });
});

describe('what is not on record any more', () => {
  it('is said, and is in no count', async () => {
    const { services } = harness;
    const before = await simulated({ to: '2026-W30' });
    const [mailed]: { customer: string }[] = await services.db.query(
      `select customer from released_recipient where week = '2026-W30' order by customer limit 1`,
    );
    const customer = mailed?.customer ?? '';
    const reason = 'asked to be forgotten';
    await execute(services, OLGA, requestErasure, { customer, reason });
    await execute(services, CARLA, eraseCustomer, { customer, requestedBy: 'olga', reason });
    const recorded = (before[0]?.recorded ?? 0) - 1;
    const [unchanged] = await simulated({ to: '2026-W30' });
    expect(unchanged).toMatchObject({ erased: 1, recorded, simulated: recorded, enter: 0, leave: 0 });
    const [other] = await simulated({ to: '2026-W30', model: half.id });
    expect(other).toMatchObject({ erased: 1, recorded, simulated: 5 });
  });

  it('cannot be simulated, nor what no data use covers', async () => {
    const { services } = harness;
    const [use]: { id: string }[] = await services.db.query('select id from data_use');
    await execute(services, CARLA, withdrawDataUse, { id: use?.id ?? '', note: 'a complaint' });
    model.rows = 0;
    const [week] = await simulated({ to: '2026-W30' });
    expect(week).toMatchObject({
      replayed: false,
      recorded: expect.any(Number),
      halted: ['NOT_REPLAYED: no data use in force covers likely, age'],
    });
    expect(model.rows).toBe(0);
  });
});
