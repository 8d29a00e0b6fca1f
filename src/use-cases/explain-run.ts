import { mailedIn } from '../store/decision.reads.ts';
import { keepExplanations } from '../store/explanation.store.ts';
import type { Transaction } from '../store/transaction.ts';
import { holdSignedOff } from './data-use-cover.ts';
import { Explainer } from './explain-customers.ts';
import { recordedWeek } from './recorded-week.ts';
import type { StepContext, StepResult } from './run-step.ts';

/** Customers explained at once: between two signs of progress. */
const AT_ONCE = 250;

/** Explains the decisions on everyone who is to be mailed, so that whoever reviews them and whoever is asked can say why. */
export async function explainRun(
  tx: Transaction,
  { run, model, services, progress }: StepContext,
): Promise<StepResult> {
  // To explain is to score too: with one value changed, and the next.
  await holdSignedOff(tx, model, services.clock.now());
  const decisions = await mailedIn(tx, run.id);
  const at = services.clock.now();
  await using explainer = await Explainer.open(tx, services, await recordedWeek(services.db, tx, run.id));
  const methods = new Set<string>();
  for (let done = 0; done < decisions.length; done += AT_ONCE) {
    progress(done, decisions.length);
    const some = decisions.slice(done, done + AT_ONCE);
    const facts = await explainer.explain(some);
    for (const { attribution } of facts) if (attribution !== null) methods.add(attribution.method);
    const explained = some.flatMap(({ customer }, place) => {
      const why = facts[place];
      return why === undefined ? [] : [{ customer, facts: why }];
    });
    await keepExplanations(tx, run.id, at, explained);
  }
  return {
    status: null,
    facts: {
      campaign: run.campaign,
      subject: run.id,
      details: {
        manifest: run.manifestDigest,
        explained: decisions.length,
        method: [...methods].toSorted(),
      },
    },
  };
}
