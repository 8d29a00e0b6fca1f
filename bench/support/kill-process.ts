import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { IsoWeek } from '../../src/domain/week.ts';
import { postmasterOf } from './kill-observer.ts';
import { CAMPAIGN } from './kill-world.ts';

export type Phase = 'run' | 'release';

/** How a process ended; `code` is null after a signal. */
export interface Ending {
  readonly code: number | null;
  readonly said: string;
}

/** A process of the service under way. */
export interface Victim {
  running(): boolean;
  kill(): void;
  readonly ended: Promise<Ending>;
}

/** Starts `waarom run` of a week, or the release of its batch, on a DATA_DIR. @param programs the folder with the compiled service */
export function startVictim(programs: string, phase: Phase, dataDir: string, week: IsoWeek): Victim {
  const command =
    phase === 'run'
      ? [join(programs, 'src/cli.js'), 'run', '--campaign', CAMPAIGN, '--week', week]
      : [join(programs, 'bench/support/kill-child.js'), week];
  const child = spawn(process.execPath, command, {
    cwd: dataDir,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
  }
  return {
    running: () => child.exitCode === null && child.signalCode === null,
    kill: () => void child.kill('SIGKILL'),
    // Not `close`: a server that the process started keeps nothing of it, but a scorer may hold its pipes for a moment.
    ended: once(child, 'exit').then(([code]) => ({ code: typeof code === 'number' ? code : null, said })),
  };
}

/** Ends the embedded server of a DATA_DIR the hard way; false when none runs. */
export function killServer(dataDir: string, signal: 'SIGKILL' | 'SIGQUIT'): boolean {
  const server = postmasterOf(dataDir);
  if (server === undefined) return false;
  try {
    return process.kill(server.pid, signal);
  } catch {
    return false;
  }
}

/** Waits until no server runs on a DATA_DIR. */
export async function serverGone(dataDir: string): Promise<void> {
  while (postmasterOf(dataDir) !== undefined) await setTimeout(5);
}
