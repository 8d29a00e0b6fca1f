import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Scorer, ScoringError } from '../../src/domain/ports.ts';
import { mailedIn } from '../../src/store/decision.reads.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { Explainer } from '../../src/use-cases/explain-customers.ts';
import { recordedWeek } from '../../src/use-cases/recorded-week.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

const WEEK = '2026-W46';
let harness: ServiceHarness;
let run: RunRow;
/** Sessions opened and not closed. */
let open = 0;
let failing = false;

const scorer: Scorer = {
  async open(spec) {
    const session = await likelyScorer.open(spec);
    open++;
    return {
      ...session,
      cuts: async (reference) => {
        if (failing) throw new ScoringError('the model fails');
        return session.cuts(reference);
      },
      close: async () => {
        open--;
      },
    };
  },
};

beforeAll(async () => {
  harness = await ServiceHarness.start({ scorer });
  await installSmall(harness, { capacity: 80 });
  await deliver(harness, { week: WEEK, customers: customers(100, (n) => ({ likely: n / 100 })) });
  run = await harness.run(SMALL, WEEK);
});
afterAll(() => harness?.stop());

/** Explains everyone mailed, and how many sessions there were while it did. */
const explained = () =>
  harness.services.db.transaction(async (tx) => {
    await using explainer = await Explainer.open(
      tx,
      harness.services,
      await recordedWeek(harness.services.db, tx, run.id),
    );
    const facts = await explainer.explain(await mailedIn(tx, run.id));
    return { facts: facts.length, sessions: open };
  });

it('many are explained in two processes, which end', async () => {
  const { facts, sessions } = await explained();
  expect(facts).toBeGreaterThan(32);
  expect(sessions).toBe(2);
  expect(open).toBe(0);
});

it('a model that fails before anyone is explained leaves no process behind', async () => {
  failing = true;
  await expect(explained()).rejects.toThrow('the model fails');
  expect(open).toBe(0);
});
