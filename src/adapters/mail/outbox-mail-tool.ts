import { mkdir, open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { HandOffFile, MailTool } from '../../domain/ports.ts';

/**
 * Hands released batches over as files in `<outbox>/<campaign>/`. Each is written under a hidden name, brought to the disk and
 * then renamed, the manifest (`.json`) last: the mail tool that waits for manifests never sees half a file.
 */
export class OutboxMailTool implements MailTool {
  constructor(readonly outbox: string) {}

  async deliver({ campaign, name, content, manifest }: HandOffFile): Promise<void> {
    const folder = join(this.outbox, basename(campaign));
    await mkdir(folder, { recursive: true, mode: 0o750 });
    await write(join(folder, basename(name)), content);
    await write(join(folder, `${basename(name, '.csv')}.json`), manifest);
  }
}

async function write(path: string, content: Uint8Array): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.part`);
  // For the account of the service and the group that the mail tool is in.
  const file = await open(draft, 'w', 0o640);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
