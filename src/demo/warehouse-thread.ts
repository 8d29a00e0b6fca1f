import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { createBank } from './bank.ts';
import { writeFeed } from './bank-feed.ts';
import type { WarehouseMessage, WarehouseSite } from './warehouse.ts';

const { bank: options, inbox }: WarehouseSite = workerData;
if (parentPort === null) throw new Error('the warehouse is a thread');
const messages: AsyncIterable<readonly WarehouseMessage[]> = on(parentPort, 'message');
const bank = createBank(options);
for await (const [message] of messages) {
  if (message?.kind === 'mail') bank.mail(message.customers);
  if (message?.kind === 'deliver') {
    await writeFeed(bank, message.week, inbox);
    parentPort.postMessage(message.week);
  }
}
