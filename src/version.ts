import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** The folder with this package's package.json, from the sources as from what was built of them. */
export const PACKAGE_ROOT = rootAbove(import.meta.dirname);

/** The release, and the commit it was built from where it runs in a checkout: what manifests record of the engine. */
export function engineVersion(): { readonly version: string; readonly commit: string | null } {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')));
  return { version, commit: existsSync(join(PACKAGE_ROOT, '.git')) ? commitOf(PACKAGE_ROOT) : null };
}

function commitOf(folder: string): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    // A checkout that belongs to somebody else, or without git: the commit is not known, and the manifest says so.
    return null;
  }
}

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}
