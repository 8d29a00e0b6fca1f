import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A new folder for a benchmark. The account of the server may go through it, for where root measures its database would otherwise lie
 * elsewhere, and stay when the folder is removed.
 */
export function benchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'waarom-bench-'));
  chmodSync(folder, 0o711);
  return folder;
}
