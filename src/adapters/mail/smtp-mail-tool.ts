import { createTransport } from 'nodemailer';
import type { HandOffFile, MailTool } from '../../domain/ports.ts';

/** Milliseconds: to be connected and greeted, and of silence once connected. */
const PATIENCE = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 60_000 };

/**
 * Hands released batches over as one mail with the file and its manifest attached: a mail server has all of it or nothing. The
 * same file always has the same Message-ID, by which the mail tool knows a second mail for the first. Throws when it was not taken.
 */
export class SmtpMailTool implements MailTool {
  constructor(readonly settings: { readonly url: string; readonly from: string; readonly to: string }) {}

  async deliver({ campaign, name, content, manifest }: HandOffFile): Promise<void> {
    const { url, from, to } = this.settings;
    const transport = createTransport({ url, ...PATIENCE });
    try {
      await transport.sendMail({
        from,
        to,
        subject: `${campaign}: ${name}`,
        messageId: `<${name}@${from.slice(from.lastIndexOf('@') + 1)}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        text: 'A released batch: the file and the manifest with its digest.\n',
        // In base64 the bytes stay what their digest says: as text their line ends would be changed on the way.
        attachments: [
          { filename: name, content: Buffer.from(content), contentType: 'text/csv; charset=utf-8' },
          {
            filename: name.replace(/\.csv$/, '.json'),
            content: Buffer.from(manifest),
            contentType: 'application/json',
          },
        ].map((file) => ({ ...file, contentTransferEncoding: 'base64' as const })),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    } finally {
      transport.close();
    }
  }
}
