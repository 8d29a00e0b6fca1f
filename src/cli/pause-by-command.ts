import { openApp } from '../app.ts';
import type { Settings } from '../config.ts';
import { pauseText, type Stopped } from '../domain/engine-pause.ts';
import { listPauses } from '../store/engine-pause.store.ts';
import { pauseEngine, pauseEverything, pauseFlow } from '../use-cases/engine.ts';
import { execute } from '../use-cases/execute.ts';
import { COMMAND_LINE } from './command-line.ts';

/** `waarom pause`: pauses and tells what that stopped, a line each. Throws RefusalError where it is paused already. */
export async function pauseByCommand(
  settings: Settings,
  {
    campaign,
    flow,
    reason,
  }: { readonly campaign: string | null; readonly flow: boolean; readonly reason: string },
): Promise<string> {
  const app = await openApp(settings);
  try {
    const { services } = app;
    if (campaign === null) await execute(services, COMMAND_LINE, pauseEverything, { reason });
    else await execute(services, COMMAND_LINE, flow ? pauseFlow : pauseEngine, { campaign, reason });
    const [newest] = await listPauses(services.db.manager, true);
    if (newest === undefined) throw new Error('a pause that was just made is in force');
    return [pauseText(newest), ...newest.stopped.map(stoppedText)].join('\n');
  } finally {
    await app.close();
  }
}

function stoppedText({ what, campaign, week, id, status, dueAt }: Stopped): string {
  const rest = [campaign, week, id, status, dueAt].filter((part) => part !== null);
  return `  stopped ${what}: ${rest.join(' ')}`;
}
