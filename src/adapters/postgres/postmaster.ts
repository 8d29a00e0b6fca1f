import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A server that runs on a cluster, as its `postmaster.pid` says. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** It was told to stop and takes no more connections. */
  readonly stopping: boolean;
}

/**
 * The server running on this cluster, undefined when none does. What a killed server left behind is not one,
 * nor is a process that was given the same pid since.
 */
export function findPostmaster(cluster: string): Postmaster | undefined {
  const lines = readLines(pidFile(cluster));
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port)) return undefined;
  const stopping = lines[7]?.trim() === 'stopping';
  return commandOf(pid).includes(cluster) ? { pid, port, stopping } : undefined;
}

/**
 * PostgreSQL refuses to start when the pid that a killed server left belongs to any process of the same account.
 * Naming ourselves there lets it look at the shared memory instead, because the parent of a server cannot be one.
 */
export function disownPidFile(cluster: string): void {
  const lines = readLines(pidFile(cluster));
  const command = commandOf(Number(lines[0]));
  if (command === '' || command.includes(cluster)) return;
  writeFileSync(pidFile(cluster), [String(process.pid), ...lines.slice(1)].join('\n'));
}

function pidFile(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  }
}

function commandOf(pid: number): string {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
