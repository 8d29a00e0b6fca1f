import { once } from 'node:events';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { IsoWeek } from '../domain/week.ts';
import type { BankOptions } from './bank.ts';

/** Which bank, and where its feeds go. */
export interface WarehouseSite {
  readonly bank: BankOptions;
  readonly inbox: string;
}

export type WarehouseMessage =
  | { readonly kind: 'deliver'; readonly week: IsoWeek }
  | { readonly kind: 'mail'; readonly customers: ReadonlySet<string> };

/** A generated bank in a thread of its own, where it lives and writes feeds while others work with the last. */
export class Warehouse {
  readonly #thread: Worker;

  constructor(site: WarehouseSite) {
    this.#thread = new Worker(join(import.meta.dirname, `warehouse-thread${extname(import.meta.filename)}`), {
      workerData: site,
      env: {},
      execArgv: [],
    });
  }

  /** Lets the bank live up to a week and write its feed, one delivery at a time. Throws what writing throws. */
  deliver(week: IsoWeek): Promise<void> {
    const delivered = once(this.#thread, 'message').then(() => {});
    // A failure is met where the delivery is awaited.
    delivered.catch(() => {});
    this.#send({ kind: 'deliver', week });
    return delivered;
  }

  /** Tells the bank, after the deliveries asked for so far, whom this campaign mailed. */
  mail(customers: ReadonlySet<string>): void {
    this.#send({ kind: 'mail', customers });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.terminate();
  }

  #send(message: WarehouseMessage): void {
    this.#thread.postMessage(message);
  }
}
