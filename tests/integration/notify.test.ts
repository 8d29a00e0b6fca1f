import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LogNotifier } from '../../src/adapters/notify/log-notifier.ts';
import { SmtpNotifier } from '../../src/adapters/notify/smtp-notifier.ts';
import type { Notifier } from '../../src/domain/ports.ts';
import { startDueRuns } from '../../src/jobs/start-due-runs.job.ts';
import { notifyIncidents } from '../../src/use-cases/incidents.ts';
import { headersOf, type MailServer, startMailServer } from '../support/mail-server.ts';
import { ServiceHarness } from '../support/service-harness.ts';
import { applyShipped } from '../support/shipped-campaign.ts';

const opened: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function mailServer(behaviour?: Parameters<typeof startMailServer>[0]): Promise<MailServer> {
  const server = await startMailServer(behaviour);
  opened.push(server);
  return server;
}

function notifierFor(smtpUrl: string, to = ['operations@bank.example', 'firm@example.org']): SmtpNotifier {
  return new SmtpNotifier({ smtpUrl, from: 'waarom@bank.example', to });
}

describe('SmtpNotifier', () => {
  it('mails everyone who is to be told', async () => {
    const server = await mailServer();
    await notifierFor(server.url).notify({
      subject: 'waarom: CHECK_HALTED',
      text: 'De week stopte: “te veel”.',
    });
    expect(server.taken).toHaveLength(1);
    const [mail] = server.taken;
    expect(mail).toMatchObject({
      from: 'waarom@bank.example',
      to: ['operations@bank.example', 'firm@example.org'],
    });
    expect(headersOf(mail!)).toEqual(
      expect.arrayContaining(['Subject: waarom: CHECK_HALTED', 'Auto-Submitted: auto-generated']),
    );
  });

  it('lets no text make a header or another recipient', async () => {
    const server = await mailServer();
    const notifier = notifierFor(server.url, ['operations@bank.example']);
    const names = (lines: readonly string[]) => lines.map((line) => line.split(':')[0]?.toLowerCase()).sort();
    await notifier.notify({ subject: 'plain', text: 'plain' });
    const plain = names(headersOf(server.taken[0]!));
    const breaks = fc.constantFrom('\r\n', '\n', '\r', '\r\n\r\n', '\u2028', '\0');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), breaks, async (text, lineBreak) => {
        const bad = `${text}${lineBreak}Bcc: thief@example.org${lineBreak}X-Bad: 1${lineBreak}.${lineBreak}RSET`;
        await notifier.notify({ subject: bad, text: bad });
        const mail = server.taken.at(-1)!;
        const found = names(headersOf(mail)).filter((name) => name !== 'content-transfer-encoding');
        expect(found).toEqual(plain.filter((name) => name !== 'content-transfer-encoding'));
        expect(mail.to).toEqual(['operations@bank.example']);
      }),
      { numRuns: 20 },
    );
    expect(server.taken).toHaveLength(21);
  });

  it('throws when the server does not take the mail, hangs up or is not there', async () => {
    const refusing = await mailServer({ refuse: true });
    await expect(notifierFor(refusing.url).notify({ subject: 's', text: 't' })).rejects.toThrow('451');
    const rude = createServer((socket: Socket) => socket.destroy()).listen(0, '127.0.0.1');
    await new Promise((resolve) => rude.once('listening', resolve));
    opened.push({ close: () => new Promise((resolve) => rude.close(resolve)) });
    const { port } = rude.address() as AddressInfo;
    await expect(
      notifierFor(`smtp://127.0.0.1:${port}`).notify({ subject: 's', text: 't' }),
    ).rejects.toThrow();
    await expect(notifierFor('smtp://127.0.0.1:1').notify({ subject: 's', text: 't' })).rejects.toThrow();
  });
});

describe('LogNotifier', () => {
  it('writes a warning', async () => {
    const warn = vi.fn();
    await new LogNotifier({ warn }).notify({ subject: 'waarom: FEED_MISSING', text: 'no feed' });
    expect(warn).toHaveBeenCalledWith({ text: 'no feed' }, 'waarom: FEED_MISSING');
  });
});

describe('notifyIncidents', () => {
  /** A service with one incident: its scheduled run was refused. */
  async function withIncident(): Promise<ServiceHarness> {
    const harness = await ServiceHarness.start();
    opened.push({ close: () => harness.stop() });
    harness.now = new Date('2026-03-09T09:00:00Z');
    await applyShipped(harness);
    harness.now = new Date('2026-03-15T00:00:30Z');
    await startDueRuns(harness.services);
    return harness;
  }
  const tell = ({ services }: ServiceHarness, notifier: Notifier) =>
    notifyIncidents({ ...services, notifier });

  it('mails each incident once, when several tell at once', async () => {
    const server = await mailServer();
    const harness = await withIncident();
    const notifier = notifierFor(server.url);
    const told = await Promise.all(Array.from({ length: 4 }, () => tell(harness, notifier)));
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await tell(harness, notifier)).toBe(0);
    expect(server.taken).toHaveLength(1);
    expect(headersOf(server.taken[0]!)).toContain('Subject: waarom: RUN_FAILED');
    expect(server.taken[0]?.source).toContain('2026-W11');
  });

  it('tells later what could not be told while the mail server was down', async () => {
    const gone = await mailServer();
    const port = Number(new URL(gone.url).port);
    await gone.close();
    const harness = await withIncident();
    await expect(tell(harness, notifierFor(gone.url))).rejects.toThrow('ECONNREFUSED');
    expect(await harness.services.db.query('select from incident where notified_at is null')).toHaveLength(1);
    const back = await mailServer({ port });
    expect(await tell(harness, notifierFor(back.url))).toBe(1);
    expect(back.taken).toHaveLength(1);
  });
});
