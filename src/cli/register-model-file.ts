import { readFile, stat } from 'node:fs/promises';
import { openApp } from '../app.ts';
import type { Settings } from '../config.ts';
import { judgeModel } from '../use-cases/judge-model.ts';
import { registerModel } from '../use-cases/register-model.ts';
import { COMMAND_LINE } from './command-line.ts';
import { gateText } from './gate-text.ts';
import { ProgressBar } from './progress-bar.ts';

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
