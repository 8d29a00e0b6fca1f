import { OutboxMailTool } from '../../src/adapters/mail/outbox-mail-tool.ts';
import type { HandOffFile, MailTool } from '../../src/domain/ports.ts';

/** A mail tool that keeps what it was given, puts it into a folder, and fails when the test says so. */
export class WatchedMailTool implements MailTool {
  readonly delivered: HandOffFile[] = [];
  /** What happens before it takes a file, and after. */
  onDelivery: (file: HandOffFile, moment: 'before' | 'after') => void = () => {};
  /** Known once the service has started. */
  outbox = '';

  async deliver(file: HandOffFile): Promise<void> {
    this.onDelivery(file, 'before');
    this.delivered.push(file);
    await new OutboxMailTool(this.outbox).deliver(file);
    this.onDelivery(file, 'after');
  }

  /** As it was at the start; what lies in its folder stays. */
  forget(): void {
    this.delivered.length = 0;
    this.onDelivery = () => {};
  }
}
