import { addDays, dateIn } from '../domain/week.ts';
import { CampaignRow } from '../store/campaign.row.ts';
import { runsToReproduce } from '../store/reproduction.reads.ts';
import { isGoing } from '../use-cases/engine.ts';
import { execute } from '../use-cases/execute.ts';
import { reproduceRun } from '../use-cases/reproduce-run.ts';
import { ENGINE } from '../use-cases/run-step.ts';
import type { Services } from '../use-cases/services.ts';
import { attemptEach } from './attempt-each.ts';

/** Held while a campaign's past week is drawn and executed again, so that several processes draw one. */
const DRAWING = 19_181_812;
const EVERY_DAYS = 7;

/** Executes a past run of each campaign again, drawn at random, where none was in the last seven days; answers the verdicts. */
export async function reproducePast(services: Services): Promise<readonly string[]> {
  const { db, clock, randomness } = services;
  if (!(await isGoing(db.manager, null, 'BACKGROUND'))) return [];
  const since = addDays(dateIn('UTC', clock.now()), -EVERY_DAYS);
  const campaigns = await db.manager.find(CampaignRow, { order: { key: 'ASC' } });
  const verdicts = await attemptEach(campaigns, ({ key }) =>
    db.transaction(async (tx) => {
      const [lock]: { held: boolean }[] = await tx.query(
        'select pg_try_advisory_xact_lock($1, hashtext($2)) as held',
        [DRAWING, key],
      );
      if (lock?.held !== true) return null;
      const runs = await runsToReproduce(tx, key, ENGINE.actor.subject, since);
      const drawn = Buffer.from(randomness.bytes(4)).readUInt32BE() / 2 ** 32;
      const runId = runs[Math.floor(drawn * runs.length)];
      if (runId === undefined) return null;
      const { verdict } = await execute(services, ENGINE, reproduceRun, { runId });
      return `${key}: ${verdict}`;
    }),
  );
  return verdicts.filter((verdict) => verdict !== null);
}
