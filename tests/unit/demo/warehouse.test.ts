import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBank } from '../../../src/demo/bank.ts';
import { writeFeed } from '../../../src/demo/bank-feed.ts';
import { Warehouse } from '../../../src/demo/warehouse.ts';

const BANK = { seed: 7, customers: 3_000, lastWeek: '2026-W46', weeks: 3 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warehouse-'));
});
afterEach(() => rm(folder, { recursive: true }));

const manifest = (inbox: string, week: string) =>
  readFile(join(inbox, 'investing-retail', week, 'feed.json'), 'utf8');

describe('Warehouse', () => {
  it('delivers what the bank writes, and hears of mails behind the deliveries it was asked for before', async () => {
    const [here, there] = [join(folder, 'here'), join(folder, 'there')];
    const bank = createBank(BANK);
    const everybody = new Set(bank.people.map(({ id }) => id));
    await using warehouse = new Warehouse({ bank: BANK, inbox: there });
    await warehouse.deliver('2026-W44');
    const delivery = warehouse.deliver('2026-W45');
    warehouse.mail(everybody);
    await delivery;
    await warehouse.deliver('2026-W46');

    const unmailed = createBank(BANK);
    const without = join(folder, 'without');
    await writeFeed(unmailed, '2026-W46', without);
    expect(await manifest(there, '2026-W46')).not.toBe(await manifest(without, '2026-W46'));
    await writeFeed(bank, '2026-W44', here);
    await writeFeed(bank, '2026-W45', here);
    bank.mail(everybody);
    await writeFeed(bank, '2026-W46', here);
    for (const week of ['2026-W44', '2026-W45', '2026-W46'])
      expect(await manifest(there, week)).toBe(await manifest(here, week));
  });

  it('says why it cannot deliver where the delivery is awaited', async () => {
    const inbox = join(folder, 'file');
    await writeFile(inbox, '');
    await using warehouse = new Warehouse({ bank: BANK, inbox });
    await expect(warehouse.deliver('2026-W44')).rejects.toThrow('ENOTDIR');
  });
});
