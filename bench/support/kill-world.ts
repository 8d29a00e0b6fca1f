import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { App } from '../../src/app.ts';
import { type Bank, createBank } from '../../src/demo/bank.ts';
import { writeFeed } from '../../src/demo/bank-feed.ts';
import { addWeeks, type IsoWeek } from '../../src/domain/week.ts';
import { setChallenger } from '../../src/use-cases/challenger.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { approvedModel, OPERATOR, openBench, SHIPPED_MODEL, shippedCampaign } from './bench-campaign.ts';

const run = promisify(execFile);

export const CAMPAIGN = 'investing-retail';
const FIRST_WEEK = '2025-W02';
const MOST_WEEKS = 60;

/** Two copies of one installed service, equal to the byte, and the bank that feeds both. */
export interface World {
  /** DATA_DIR of the copy that nothing happens to. */
  readonly reference: string;
  /** DATA_DIR of the copy whose processes are killed. */
  readonly killed: string;
  /** Delivers the next week's feed to both and answers the week. */
  nextWeek(): Promise<IsoWeek>;
}

/** Has a second version of the shipped model, the same but for its name, score in the shadow. */
async function challenge({ services }: App, folder: string): Promise<void> {
  await cp(SHIPPED_MODEL, folder, { recursive: true });
  const card = join(folder, 'card.yaml');
  await writeFile(card, (await readFile(card, 'utf8')).replace(/^version: .*$/m, 'version: challenger'));
  const modelId = await approvedModel(services, CAMPAIGN, folder);
  await execute(services, OPERATOR, setChallenger, { modelId });
}

/** Installs the shipped campaign and model with a challenger in a folder and copies it, seed of the draws and keys with it. */
export async function makeWorld(folder: string, customers: number, seed: number): Promise<World> {
  // The account of the embedded server must be able to enter, or the cluster lies elsewhere and would not be copied.
  await chmod(folder, 0o755);
  const [reference, killed] = [join(folder, 'reference'), join(folder, 'killed')];
  const app = await openBench(reference, shippedCampaign());
  await challenge(app, join(folder, 'challenger'));
  await app.close();
  // Not fs.cp: the owner of the cluster's files must stay.
  await run('cp', ['-a', reference, killed]);
  const bank: Bank = createBank({
    seed,
    customers,
    lastWeek: addWeeks(FIRST_WEEK, MOST_WEEKS - 1),
    weeks: MOST_WEEKS,
    crashWeek: null,
  });
  let week = addWeeks(FIRST_WEEK, -1);
  return {
    reference,
    killed,
    async nextWeek() {
      week = addWeeks(week, 1);
      await writeFeed(bank, week, join(reference, 'inbox'));
      const delivered = join('inbox', CAMPAIGN, week);
      await mkdir(join(killed, 'inbox', CAMPAIGN), { recursive: true });
      await cp(join(reference, delivered), join(killed, delivered), { recursive: true });
      return week;
    },
  };
}
