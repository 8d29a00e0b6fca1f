import type { Logger } from 'pino';
import { DiskFolder } from './adapters/export/disk-folder.ts';
import { HttpMailTool } from './adapters/mail/http-mail-tool.ts';
import { OutboxMailTool } from './adapters/mail/outbox-mail-tool.ts';
import { SmtpMailTool } from './adapters/mail/smtp-mail-tool.ts';
import { LogNotifier } from './adapters/notify/log-notifier.ts';
import { SmtpNotifier } from './adapters/notify/smtp-notifier.ts';
import { ExportError, type ExportTarget } from './audit/export-folder.ts';
import type { Settings } from './config.ts';
import type { MailTool, Notifier } from './domain/ports.ts';

/** The mail tool that the settings name. */
export function mailToolOf({ mail, outboxDir }: Settings): MailTool {
  if (mail.gateway === 'http') return new HttpMailTool(mail);
  return mail.gateway === 'smtp' ? new SmtpMailTool(mail) : new OutboxMailTool(outboxDir);
}

/** Who is told of incidents: by mail, or in the log where nobody is named. */
export function notifierOf({ notify }: Settings, logger: Logger): Notifier {
  return notify === null ? new LogNotifier(logger) : new SmtpNotifier(notify);
}

/** A folder on disk that the audit log is exported to, made with the first file. */
export function exportFolderOf(path: string): ExportTarget {
  return new DiskFolder(path, (message) => new ExportError(message));
}
