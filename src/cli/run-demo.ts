import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCampaign } from '../adapters/package/campaign-file.ts';
import { type App, migrateDatabase, openApp, openDatabase } from '../app.ts';
import { type Settings, SettingsError } from '../config.ts';
import { Warehouse } from '../demo/warehouse.ts';
import type { Decision } from '../domain/decision.ts';
import type { Role } from '../domain/permissions.ts';
import type { Purpose } from '../domain/purpose.ts';
import { addDays, addWeeks, dateIn, type IsoWeek, weekOf, weeksBetween } from '../domain/week.ts';
import { recallCheckpoint, sequencing } from '../sequencing.ts';
import { batchesOfRuns } from '../store/batch.reads.ts';
import { CampaignRow } from '../store/campaign.row.ts';
import { DataUseRow } from '../store/data-use.row.ts';
import { decisionsToShow } from '../store/decision.reads.ts';
import { funnelOf } from '../store/funnel.reads.ts';
import { ModelVersionRow } from '../store/model-version.row.ts';
import { reproductionsOf } from '../store/reproduction.reads.ts';
import { RunRow } from '../store/run.row.ts';
import { applyCampaign } from '../use-cases/apply-campaign.ts';
import { signOffDataUse } from '../use-cases/data-uses.ts';
import { approveBatch } from '../use-cases/decide-batch.ts';
import { type Caller, execute } from '../use-cases/execute.ts';
import { handOffReleased } from '../use-cases/hand-off.ts';
import { judgeModel } from '../use-cases/judge-model.ts';
import { activateModel, approveModel } from '../use-cases/model-lifecycle.ts';
import { readSample } from '../use-cases/read-customers.ts';
import { readExplanation } from '../use-cases/read-explanation.ts';
import { registerModel } from '../use-cases/register-model.ts';
import { releaseBatch } from '../use-cases/release-batch.ts';
import { reproduceRun } from '../use-cases/reproduce-run.ts';
import { reviewSample } from '../use-cases/review-batch.ts';
import { runWeek } from '../use-cases/run-week.ts';
import { startRun } from '../use-cases/start-run.ts';
import { submitBatch } from '../use-cases/submit-batch.ts';
import { PACKAGE_ROOT } from '../version.ts';
import { decisionText } from './decision-text.ts';
import { FIRST_QUERY } from './first-query.ts';
import { funnelText } from './funnel-text.ts';
import { issueToken } from './issue-token.ts';
import { ProgressBar } from './progress-bar.ts';

const CAMPAIGN = 'investing-retail';
const SEED = 2026;

/** The people of the demo, each with one role; the tokens that are printed are theirs. */
const PEOPLE = {
  olga: 'OPERATOR',
  mark: 'MARKETEER',
  carla: 'COMPLIANCE_REVIEWER',
  cees: 'CONTACT_CENTRE',
} as const satisfies Record<string, Role>;
const as = (subject: keyof typeof PEOPLE): Caller => ({
  actor: { subject, name: null, roles: [PEOPLE[subject]] },
  requestId: null,
});
const reading = (subject: keyof typeof PEOPLE, kind: Purpose['kind']): Caller => ({
  ...as(subject),
  purpose: { kind, reference: null },
});

export interface DemoOptions {
  readonly serve: boolean;
  readonly weeks: number;
  readonly customers: number;
}

/**
 * `waarom demo`: a bank is made, its campaign installed, and every week of its history run, reviewed, approved and released;
 * the last week waits for review. What an earlier start did stays and is not done again.
 */
export async function runDemo(settings: Settings, options: DemoOptions): Promise<void> {
  if (settings.oidc !== null)
    throw new SettingsError([
      { setting: 'OIDC_ISSUER', rule: 'must not be set for the demo, which gives development tokens' },
    ]);
  const embedded: Settings = {
    ...settings,
    databaseUrl: null,
    logLevel: options.serve ? settings.logLevel : 'warn',
  };
  const bar = new ProgressBar(process.stderr);
  bar.show('starting PostgreSQL', 0, 0);
  const app = await openMigrated(embedded);
  try {
    const sequencer = sequencing(app, await recallCheckpoint(app));
    try {
      const lastWeek = await installCampaign(app);
      if (!(await isRun(app, lastWeek))) await runHistory(app, bar, options, lastWeek);
    } finally {
      await sequencer.stop();
    }
    bar.clear();
    process.stdout.write(await report(app));
    if (!options.serve) return;
    // Only now: whoever waits for the funnel does not wait for the server to be loaded.
    const { serveApp } = await import('../main.ts');
    await serveApp(app, {
      jobs: true,
      onListening: async () => void process.stdout.write(await invitation(embedded)),
    });
  } finally {
    bar.clear();
    await app.close();
  }
}

/** The app on a database of this version; PostgreSQL is left running between the two. */
async function openMigrated(settings: Settings): Promise<App> {
  const database = await openDatabase(settings);
  try {
    await migrateDatabase(database);
    return await openApp(settings);
  } finally {
    await database.close();
  }
}

/** Applies the shipped campaign; answers the last Sunday's week when it first was: a later start goes on with the same bank. */
async function installCampaign({ services }: App): Promise<IsoWeek> {
  const definition = readCampaign(
    await readFile(join(PACKAGE_ROOT, 'campaigns', CAMPAIGN, 'campaign.yaml'), 'utf8'),
  );
  await execute(services, as('olga'), applyCampaign, definition);
  const campaign = await services.db.manager.findOneByOrFail(CampaignRow, { key: CAMPAIGN });
  return weekOf(addDays(dateIn(campaign.definition.timeZone, campaign.appliedAt), -6));
}

function isRun({ services }: App, week: IsoWeek): Promise<boolean> {
  return services.db.manager.existsBy(RunRow, { campaign: CAMPAIGN, current: true, week, step: 'DONE' });
}

/** Puts the shipped model into production, by the people whose task it is. */
async function installModel(services: App['services']): Promise<void> {
  const { manager } = services.db;
  // Once a model was in production, what waits or was stopped is the business of whoever tries the service out.
  const versions = await manager.findBy(ModelVersionRow, { campaign: CAMPAIGN });
  if (versions.some(({ liveFrom }) => liveFrom !== null)) return;
  for (const { id } of await manager.findBy(DataUseRow, { campaign: CAMPAIGN, status: 'DECLARED' })) {
    await execute(services, as('carla'), signOffDataUse, { id, note: 'demo' });
  }
  const { id: modelId } = await registerModel(services, as('olga'), {
    campaign: CAMPAIGN,
    read: () => services.packages.fromFolder(join(PACKAGE_ROOT, 'models', 'investing-retail-1')),
  });
  const model = await judgeModel(services, modelId);
  if (model.status === 'VALIDATED') {
    const acceptances = model.gates.map(({ name }) => ({ gate: name, reason: 'a demo' }));
    await execute(services, as('carla'), approveModel, { modelId, acceptances, note: null });
  }
  await execute(services, as('olga'), activateModel, { modelId });
}

/** Runs the weeks that an earlier start did not; where there is no bar to be seen, the log tells of each. */
async function runHistory(
  { services, settings, logger }: App,
  bar: ProgressBar,
  { weeks, customers }: DemoOptions,
  lastWeek: IsoWeek,
): Promise<void> {
  const bank = { seed: SEED, customers, lastWeek, weeks };
  await using warehouse = new Warehouse({ bank, inbox: settings.inboxDir });
  const first = addWeeks(lastWeek, 1 - weeks);
  let delivery = warehouse.deliver(first);
  await installModel(services);
  for (let week = first; week <= lastWeek; week = addWeeks(week, 1)) {
    bar.show(`${CAMPAIGN} ${week}`, weeks - weeksBetween(week, lastWeek), weeks);
    await delivery;
    // While this week is decided, so that what its mails do shows in the feed after the next.
    if (week !== lastWeek) delivery = warehouse.deliver(addWeeks(week, 1));
    warehouse.mail(await runOneWeek(services, week, week === lastWeek));
    if (!bar.isSeen) logger.info({ campaign: CAMPAIGN, week }, 'a week of the demo was run');
  }
}

/** Runs and releases a week, whatever an earlier start did of it; answers who was mailed. */
async function runOneWeek(
  services: App['services'],
  week: IsoWeek,
  last: boolean,
): Promise<ReadonlySet<string>> {
  const { run } = await execute(services, as('olga'), startRun, {
    campaign: CAMPAIGN,
    week,
    trigger: 'MANUAL',
  });
  const ended = await runWeek(services, run.id);
  const [batch] = await batchesOfRuns(services.db.manager, [ended.id]);
  if (batch === undefined || last) return new Set();
  const batchId = batch.id;
  if (batch.status === 'IN_REVIEW') {
    const sample = await readSample(services, reading('olga', 'REVIEW'), batch);
    const pending = sample.filter((item) => item.verdict === 'PENDING');
    const verdict = { batchId, verdict: 'FINE', note: null } as const;
    await Promise.all(
      pending.map(({ recipient: { customer } }) =>
        execute(services, as('olga'), reviewSample, { ...verdict, customer }),
      ),
    );
    await execute(services, as('olga'), submitBatch, { batchId });
  }
  if (batch.status === 'IN_REVIEW' || batch.status === 'SUBMITTED')
    await execute(services, as('mark'), approveBatch, { batchId });
  if (batch.status !== 'RELEASED') await execute(services, as('olga'), releaseBatch, { batchId });
  await handOffReleased(services);
  const mailed: { customer: string }[] = await services.db.query(
    'select customer from released_recipient where batch_id = $1',
    [batchId],
  );
  return new Set(mailed.map(({ customer }) => customer));
}

/**
 * The funnel of the last week, what was decided of two of its customers, with every reason, the letter that tells one of them why,
 * and the week executed once more.
 */
async function report({ services }: App): Promise<string> {
  const { manager } = services.db;
  const [run] = await manager.find(RunRow, {
    where: { campaign: CAMPAIGN, current: true, step: 'DONE' },
    order: { week: 'DESC' },
    take: 1,
  });
  if (run === undefined) throw new Error('no week was run');
  const weeks = await manager.countBy(RunRow, { campaign: CAMPAIGN, current: true });
  const funnel = await funnelOf(manager, run.id);
  const decisions = await decisionsToShow(manager, run.id);
  const [known] = await reproductionsOf(manager, [run.id]);
  const { certificate } = known ?? (await execute(services, as('olga'), reproduceRun, { runId: run.id }));
  const { appliedAt } = await manager.findOneByOrFail(CampaignRow, { key: CAMPAIGN });
  return [
    `\n${CAMPAIGN}, ${weeks} weeks run. ${run.week}: ${run.status}`,
    // An act is dated when it was done, in the log as in what it made: the weeks alone can lie in the past.
    `The weeks lie in the past; what was done with them was done since ${appliedAt.toISOString()} and is dated so.`,
    'Of an earlier instant liveModel(at:) and config(at:) answer null: nothing was in force then.\n',
    funnel === undefined ? '' : funnelText(funnel),
    ...decisions.map((decision) => `\n${decisionText(decision)}`),
    await letterOf(services, run.week, decisions),
    `\n${certificate}`,
    '',
    '',
  ].join('\n');
}

/** What the contact centre says to somebody of the week who is to be mailed and asks why. */
async function letterOf(
  services: App['services'],
  week: IsoWeek,
  decisions: readonly Decision[],
): Promise<string> {
  const customer = decisions.find(({ outcome }) => outcome === 'MAIL')?.customer;
  if (customer === undefined) return '';
  const asked = { campaign: CAMPAIGN, week, customer, audience: 'CUSTOMER', language: 'nl' } as const;
  const { words } = await readExplanation(services, reading('cees', 'CUSTOMER_QUESTION'), asked);
  return `\n${words.title}\n\n${words.text}`;
}

async function invitation(settings: Settings): Promise<string> {
  const url = `http://${settings.host}:${settings.port}/graphql`;
  const tokens = await Promise.all(
    Object.entries(PEOPLE).map(async ([subject, role]) => {
      const token = await issueToken(settings, { subject, roles: [role], hours: 24 });
      return `export ${subject.toUpperCase()}=${token}   # ${role}`;
    }),
  );
  return [
    `Serving ${url}`,
    'Tokens for a day:',
    ...tokens,
    '',
    'A first query:',
    `curl -s ${url} -H "authorization: Bearer $OLGA" -H 'content-type: application/json' -d '${JSON.stringify({ query: FIRST_QUERY })}'`,
    '',
    'Ctrl-C stops; the next start goes on with the same bank.',
    '',
  ].join('\n');
}
