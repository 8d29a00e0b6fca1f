import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';

/** Processes of the service as users start them. */
export interface PortalService {
  readonly base: string;
  /** Of the process that answers. */
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

export interface ServiceOptions {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly port: number;
  /** Jobs in a process of their own, beside the one that answers. */
  readonly worker: boolean;
}

const CLI = join(import.meta.dirname, '../../src/cli.js');

/** Starts `waarom serve`, or `serve --no-jobs` with a `worker` beside it, and waits until it is ready. What they log goes to `folder`/service.log. */
export async function startPortalService(options: ServiceOptions): Promise<PortalService> {
  const { folder, databaseUrl, port, worker } = options;
  const log = openSync(join(folder, 'service.log'), 'a');
  const start = (args: readonly string[]) =>
    spawn(process.execPath, [CLI, ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        DATA_DIR: folder,
        DATABASE_URL: databaseUrl,
        PORT: String(port),
        PURPOSE_REQUIRED: 'on',
      },
      stdio: ['ignore', log, log],
    });
  const api = start(worker ? ['serve', '--no-jobs'] : ['serve']);
  const all = worker ? [api, start(['worker'])] : [api];
  const base = `http://127.0.0.1:${port}`;
  const ready = () =>
    fetch(`${base}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await ready())) {
    if (api.exitCode !== null) throw new Error(`waarom ended with ${api.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    base,
    pid: api.pid ?? 0,
    async stop() {
      await Promise.all(
        all.map(async (child) => {
          child.kill('SIGTERM');
          if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
        }),
      );
    },
  };
}
