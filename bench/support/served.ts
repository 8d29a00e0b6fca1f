import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** A server under load: where it listens and what it is asked. */
export interface Served {
  readonly name: string;
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** What autocannon says: requests a second, milliseconds. */
export interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Starts a program that says so when it listens. */
export async function forkServer(
  name: string,
  program: string,
  args: readonly string[],
  url: string,
): Promise<Served> {
  // What PostGraphile says of tables that it cannot show is of no interest.
  const child = fork(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const ready = await Promise.race([
    once(child, 'message').then(() => true),
    once(child, 'exit').then(() => false),
  ]);
  if (!ready) throw new Error(`${name} ended before it listened`);
  return { name, url, stop: () => ended(child) };
}

/** Starts `waarom serve` without jobs, and waits until it is ready. */
export async function spawnService(program: string, port: number, env: NodeJS.ProcessEnv): Promise<Served> {
  const child = spawn(process.execPath, [program, 'serve', '--no-jobs'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, PORT: String(port), LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const base = `http://127.0.0.1:${port}`;
  for (;;) {
    const ready = await fetch(`${base}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) break;
    if (child.exitCode !== null) throw new Error(`waarom ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { name: 'waarom', url: `${base}/graphql`, stop: () => ended(child) };
}

/** Has `load.mjs` ask a server, in a process of its own. */
export async function load(program: string, args: readonly string[]): Promise<Measured> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`the load ended with ${code}`);
  const measured: Measured = JSON.parse(said);
  return measured;
}

async function ended(child: ReturnType<typeof spawn>): Promise<void> {
  child.kill('SIGTERM');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
