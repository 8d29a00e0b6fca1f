import { readFile, stat } from 'node:fs/promises';
import { readCampaign } from './adapters/package/campaign-file.ts';
import { openApp } from './app.ts';
import type { Settings } from './config.ts';
import { pauseText, stopping } from './domain/engine-pause.ts';
import { funnelText } from './funnel-text.ts';
import { gateText } from './gate-text.ts';
import { ProgressBar } from './progress-bar.ts';
import { pausesOf } from './store/engine-pause.store.ts';
import { funnelOf } from './store/funnel.reads.ts';
import { applyCampaign } from './use-cases/apply-campaign.ts';
import { type Caller, execute } from './use-cases/execute.ts';
import { judgeModel } from './use-cases/judge-model.ts';
import { registerModel } from './use-cases/register-model.ts';
import { runWeek } from './use-cases/run-week.ts';
import type { Services } from './use-cases/services.ts';
import { startRun } from './use-cases/start-run.ts';

/** Whoever sits at the command line acts as the operator. */
export const COMMAND_LINE: Caller = {
  actor: { subject: 'command-line', name: null, roles: ['OPERATOR'] },
  requestId: null,
};

/** `waarom campaign apply`: creates a campaign; throws PackageError on a file that is none. */
export async function applyCampaignFile(settings: Settings, file: string): Promise<string> {
  const app = await openApp(settings);
  return applyDefinitionFile(app.services, file).finally(() => app.close());
}

/** Creates the campaign that a file defines, and says so. Throws PackageError on a file that defines none. */
export async function applyDefinitionFile(services: Services, file: string): Promise<string> {
  const definition = readCampaign(await readFile(file, 'utf8'), file);
  const { created } = await execute(services, COMMAND_LINE, applyCampaign, definition);
  if (!created) return `${definition.key} was applied before; nothing changed.`;
  return `${definition.key} was created. Its data uses wait for the sign-off of a compliance reviewer.`;
}

/** `waarom model register`: registers a package, has it judged, and shows what the gates found, with all their figures if asked for. */
export async function registerModelFile(
  settings: Settings,
  path: string,
  withFigures: boolean,
): Promise<{ readonly text: string; readonly refused: boolean }> {
  const bar = new ProgressBar(process.stderr);
  const app = await openApp(settings, undefined, bar.judging);
  try {
    const { packages } = app.services;
    const folder = (await stat(path)).isDirectory();
    const delivered = await (folder ? packages.fromFolder(path) : packages.fromZip(await readFile(path)));
    const { id } = await registerModel(app.services, COMMAND_LINE, {
      campaign: delivered.card.campaign,
      read: async () => delivered,
    });
    const model = await judgeModel(app.services, id);
    const text = [
      `${model.name} ${model.version} for ${model.campaign} is ${model.status}, id ${model.id}.`,
      gateText(model.gates, withFigures),
    ].join('\n');
    return { text, refused: model.status === 'REFUSED' };
  } finally {
    bar.clear();
    await app.close();
  }
}

/** `waarom run`: starts the run of a week, or goes on with the one there is, and says how it ended. */
export async function runCampaignWeek(
  settings: Settings,
  campaign: string,
  week: string | null,
): Promise<{ readonly text: string; readonly exitCode: number }> {
  const bar = new ProgressBar(process.stderr);
  const app = await openApp(settings, bar.run);
  try {
    const { run, started } = await execute(app.services, COMMAND_LINE, startRun, {
      campaign,
      week,
      trigger: 'MANUAL',
    });
    const ended = await runWeek(app.services, run.id);
    bar.clear();
    const { db } = app.services;
    const funnel = await funnelOf(db.manager, ended.id);
    const halting: { name: string; message: string }[] = await db.query(
      `select name, message from run_check where run_id = $1 and verdict = 'HALT' order by position`,
      [ended.id],
    );
    const goesOn = ended.step === 'DONE' || ended.status === 'FAILED';
    const pause = goesOn ? undefined : stopping(await pausesOf(db.manager, campaign), 'RUN');
    const lines = [
      `${campaign} ${ended.week}, attempt ${ended.attempt}: ${ended.status}${started ? '' : ' (the week had this run already)'}`,
      ...(pause === undefined ? [] : [`  ${pauseText(pause)} The run goes on when it is resumed.`]),
      ...halting.map(({ name, message }) => `  ${name}: ${message}`),
      ...(funnel === undefined ? [] : [funnelText(funnel)]),
    ];
    return {
      text: lines.join('\n'),
      exitCode: ended.status === 'HALTED' ? 3 : ended.status === 'FAILED' || pause !== undefined ? 1 : 0,
    };
  } finally {
    bar.clear();
    await app.close();
  }
}
