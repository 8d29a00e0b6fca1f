import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '../../src/demo/random.ts';
import type { FeedContract } from '../../src/domain/feed-contract.ts';
import { addDays, type IsoWeek, sundayOf } from '../../src/domain/week.ts';

/** Writes a feed of so many customers, most of them eligible, with values as wide as a bank's. */
export async function writeBenchFeed(
  inbox: string,
  campaign: string,
  week: IsoWeek,
  contract: FeedContract,
  customers: number,
): Promise<number> {
  const folder = join(inbox, campaign, week);
  mkdirSync(folder, { recursive: true });
  const random = new Random(customers, 7);
  const asOf = sundayOf(week);
  const hash = createHash('sha256');
  const file = await open(join(folder, 'customers.csv'), 'w');
  let bytes = 0;
  let lines = `${contract.columns.map(({ name }) => name).join()}\n`;
  const flush = async () => {
    hash.update(lines);
    bytes += lines.length;
    await file.write(lines);
    lines = '';
  };
  for (let i = 0; i < customers; i++) {
    const balance = random.lognormal(4000, 1.4);
    const cells: Record<string, string | number | boolean> = {
      party_id: `c${String((i * 387_433 + 4_711) % 9_999_991).padStart(7, '0')}k`,
      age: random.integer(16, 92),
      is_private: !random.chance(0.02),
      holds_product: random.chance(0.05),
      opt_in: !random.chance(0.1),
      opted_out: random.chance(0.02),
      deceased: random.chance(0.002),
      fraud_flag: random.chance(0.003),
      relationship_ended: random.chance(0.005),
      has_app: random.chance(0.7),
      accounts: random.integer(1, 5),
      logins_30d: random.integer(0, 40),
      balance: balance.toFixed(2),
      savings_balance: (balance * 0.6).toFixed(2),
      balance_2w: (balance * 0.97).toFixed(2),
      balance_4w: (balance * 0.95).toFixed(2),
    };
    lines += `${contract.columns.map(({ name }) => cells[name] ?? '').join()}\n`;
    if (lines.length > 1 << 20) await flush();
  }
  await flush();
  await file.close();
  const prices = Array.from(
    { length: 90 },
    (_, day) => `${addDays(asOf, day - 89)},GREEN-MIX,${(20 + day * 0.01).toFixed(2)}`,
  );
  const funds = `${['date,fund,price', ...prices].join('\n')}\n`;
  writeFileSync(join(folder, 'funds.csv'), funds);
  const files = [
    { name: 'customers.csv', rows: customers, sha256: hash.digest('hex') },
    { name: 'funds.csv', rows: prices.length, sha256: createHash('sha256').update(funds).digest('hex') },
  ];
  writeFileSync(
    join(folder, 'feed.json'),
    JSON.stringify({ format: 'feed/1', campaign, week, asOf, producedAt: `${asOf}T20:00:00Z`, files }),
  );
  return bytes;
}
