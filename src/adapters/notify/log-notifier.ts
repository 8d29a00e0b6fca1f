import type { Notifier } from '../../domain/ports.ts';

/** What is needed of the service's log. */
interface WarningLog {
  warn(fields: object, message: string): void;
}

/** Where nobody is named to be mailed: what would be told stands in the log. */
export class LogNotifier implements Notifier {
  constructor(readonly log: WarningLog) {}

  async notify({ subject, text }: { readonly subject: string; readonly text: string }): Promise<void> {
    this.log.warn({ text }, subject);
  }
}
