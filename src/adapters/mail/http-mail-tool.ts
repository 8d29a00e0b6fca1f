import { createHash } from 'node:crypto';
import type { HandOffFile, MailTool } from '../../domain/ports.ts';

/** Milliseconds for one file, answer included. */
const PATIENCE = 60_000;

/**
 * Hands released batches over by PUT to `<url>/<campaign>/<name>`, the manifest (`.json`) last: the mail tool takes a file when its
 * manifest is there. The name decides: putting the same file again replaces it by itself. Throws unless both were taken (2xx).
 */
export class HttpMailTool implements MailTool {
  constructor(readonly settings: { readonly url: string; readonly token: string | null }) {}

  async deliver({ campaign, name, content, manifest }: HandOffFile): Promise<void> {
    await this.put(campaign, name, 'text/csv; charset=utf-8', content);
    await this.put(campaign, name.replace(/\.csv$/, '.json'), 'application/json', manifest);
  }

  private async put(campaign: string, name: string, type: string, content: Uint8Array): Promise<void> {
    const { url, token } = this.settings;
    const path = [campaign, name].map(encodeURIComponent).join('/');
    const answer = await fetch(`${url.replace(/\/$/, '')}/${path}`, {
      method: 'PUT',
      headers: {
        'Content-Type': type,
        // RFC 9530: what arrives can be compared with what was sent before it is taken.
        'Content-Digest': `sha-256=:${createHash('sha256').update(content).digest('base64')}:`,
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      },
      body: Buffer.from(content),
      // The token is for the address that was configured.
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`the mail tool answered ${answer.status} to ${name}`);
  }
}
