import { createTransport } from 'nodemailer';
import type { Notifier } from '../../domain/ports.ts';

/** Milliseconds: to be connected and greeted, and of silence once connected. */
const PATIENCE = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** Tells by e-mail. Throws unless the mail server took the message for at least one of those named. */
export class SmtpNotifier implements Notifier {
  constructor(
    readonly settings: { readonly smtpUrl: string; readonly from: string; readonly to: readonly string[] },
  ) {}

  async notify({ subject, text }: { readonly subject: string; readonly text: string }): Promise<void> {
    const { smtpUrl, from, to } = this.settings;
    const transport = createTransport({ url: smtpUrl, ...PATIENCE });
    try {
      await transport.sendMail({
        from,
        to: [...to],
        subject,
        text,
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    } finally {
      transport.close();
    }
  }
}
