import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiService } from '../support/api-service.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { recordInto, WEEKS } from '../support/recorded-weeks.ts';
import { SMALL } from '../support/small-campaign.ts';

/** Where the model waits while it is closed. */
const model = { asked: Promise.withResolvers<void>(), gate: Promise.resolve() };

let service: ApiService;

beforeAll(async () => {
  service = await ApiService.start({
    scorer: {
      async open(spec) {
        const session = await likelyScorer.open(spec);
        return {
          ...session,
          async score(matrix, rows) {
            model.asked.resolve();
            await model.gate;
            return session.score(matrix, rows);
          },
        };
      },
    },
  });
  await recordInto(service.harness);
}, 60_000);

afterAll(() => service?.stop());

/** Closes the gate; answers what opens it. */
function closed(): () => void {
  const gate = Promise.withResolvers<void>();
  model.gate = gate.promise;
  model.asked = Promise.withResolvers();
  return gate.resolve;
}

/** Waits until a person may simulate again. */
async function untilFree(query: string): Promise<unknown> {
  for (;;) {
    const { data, errors } = await service.ask('olga', query);
    if (errors?.[0]?.extensions.rule !== 'ONE_SIMULATION') return data;
  }
}

const SPAN = `campaign: "${SMALL}", from: "2026-W30", to: "2026-W39"`;
const FIRST = `{ simulation(campaign: "${SMALL}", from: "2026-W30", to: "2026-W30") { weeks { week } } }`;

describe('a simulation by the API', () => {
  it('answers with all weeks', async () => {
    const { simulation } = await service.get(
      'mark',
      `query ($config: ConfigPatchInput, $shift: [FeatureShiftInput!]) {
         simulation(${SPAN}, config: $config, shift: $shift) { modelDigest weeks { week replayed recorded simulated enter leave halted } } }`,
      { config: { threshold: 0.4, limits: null }, shift: [{ feature: 'likely', multiply: 1.1 }] },
    );
    expect(simulation.modelDigest).toMatch(/^sha256:/);
    expect(simulation.weeks.map(({ week }: { week: string }) => week)).toEqual(WEEKS);
    const [first] = simulation.weeks;
    expect(first.simulated - first.enter + first.leave).toBe(first.recorded);
    expect(first.enter).toBeGreaterThan(0);
    expect(simulation.weeks[7].halted).toEqual(['NOT_REPLAYED: no feed of the week was accepted']);
  });

  it('tells a subscriber each week as it is done', async () => {
    const { items, end } = await service.subscribe(
      'carla',
      `subscription { simulationProgress(${SPAN}) { done total week { week } } }`,
    );
    const told: { done: number; total: number; week: { week: string } | null }[] = [];
    for await (const { data } of items) told.push(data.simulationProgress);
    expect(told.map(({ done }) => done)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(told.every(({ total }) => total === 10)).toBe(true);
    expect(told.map(({ week }) => week?.week ?? null)).toEqual([null, ...WEEKS]);
    await end();
  });

  it('ends when the request is aborted', async () => {
    const open = closed();
    const leaving = new AbortController();
    const asked = fetch(`${service.url}/graphql`, {
      method: 'POST',
      body: JSON.stringify({ query: `{ simulation(${SPAN}) { modelDigest } }` }),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await service.token('olga')}` },
      signal: leaving.signal,
    }).catch((error: Error) => error.name);
    await model.asked.promise;
    expect(await service.refusal('olga', FIRST)).toBe('LIMIT_EXCEEDED ONE_SIMULATION');
    leaving.abort();
    expect(await asked).toBe('AbortError');
    open();
    expect(await untilFree(FIRST)).toEqual({ simulation: { weeks: [{ week: '2026-W30' }] } });
    expect(service.log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('ends when a subscriber leaves', async () => {
    const open = closed();
    const { items, end } = await service.subscribe(
      'olga',
      `subscription { simulationProgress(${SPAN}) { done } }`,
    );
    expect((await items.next()).value.data.simulationProgress).toEqual({ done: 0 });
    await model.asked.promise;
    await end();
    open();
    expect(await untilFree(FIRST)).toEqual({ simulation: { weeks: [{ week: '2026-W30' }] } });
    expect(service.log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('refuses before anything is done', async () => {
    const token = await service.token('mark');
    const wrong = `subscription { simulationProgress(campaign: "none", from: "2026-W30", to: "2026-W39") { done } }`;
    expect(await service.subscriptionRefusal(token, wrong)).toBe('NOT_FOUND');
    const settings = `subscription { simulationProgress(${SPAN}, config: { threshold: 2 }) { done } }`;
    expect(await service.subscriptionRefusal(token, settings)).toBe('BAD_INPUT');
  });
});

describe('a preview of a config change', () => {
  it('is of the last weeks, for operator, marketeer and compliance', async () => {
    const query = `query ($weeks: Int) { previewConfigChange(campaign: "${SMALL}", input: { threshold: 0.4 }, weeks: $weeks) {
      warnings weeks { week before after enter leave bands { band before after } } } }`;
    for (const who of ['olga', 'mark', 'carla'] as const) {
      const { previewConfigChange } = await service.get(who, query, { weeks: 3 });
      expect(previewConfigChange.weeks.map(({ week }: { week: string }) => week)).toEqual([
        '2026-W35',
        '2026-W38',
        '2026-W39',
      ]);
    }
    expect((await service.get('mark', query)).previewConfigChange.weeks).toHaveLength(8);
    expect(await service.refusal('cees', query)).toBe('FORBIDDEN config.preview');
    expect(await service.refusal('mark', query, { weeks: 0 })).toBe('BAD_INPUT WEEKS');
    const entries = await service.entries();
    expect(
      entries.filter(({ action, refusal }) => action === 'config.preview' && refusal === null),
    ).toHaveLength(4);
    expect(entries.at(-1)).toMatchObject({ action: 'config.preview', refusal: { rule: 'WEEKS' } });
  });
});
