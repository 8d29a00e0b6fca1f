import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCampaign } from '../../../src/adapters/package/campaign-file.ts';
import { type Bank, createBank } from '../../../src/demo/bank.ts';
import { type CustomerRow, customerRow } from '../../../src/demo/bank-row.ts';
import { fundChange } from '../../../src/domain/feature.ts';
import { judgeMarket } from '../../../src/domain/market-check.ts';
import { addWeeks, isoDate } from '../../../src/domain/week.ts';

const CAMPAIGN = join(import.meta.dirname, '../../../campaigns/investing-retail/campaign.yaml');
const LAST_WEEK = '2026-W46';
const { config } = readCampaign(readFileSync(CAMPAIGN, 'utf8'));

const rowsOf = (bank: Bank): ReadonlyMap<string, CustomerRow> =>
  new Map(bank.people.map((person) => [person.id, customerRow(person, bank.asOf)]));
const share = (rows: Iterable<CustomerRow>, holds: (row: CustomerRow) => boolean): number => {
  const all = [...rows];
  return all.filter(holds).length / all.length;
};
const prices = (bank: Bank) =>
  bank.funds
    .between(bank.asOf - 140, bank.asOf)
    .map(({ day, fund, cents }) => ({ date: isoDate(day), fund, price: cents / 100 }));

describe('the generated bank', () => {
  it('has the same people week after week, who grow older, come and leave', () => {
    const bank = createBank({ seed: 3, customers: 4_000, lastWeek: LAST_WEEK, weeks: 60 });
    const first = rowsOf(bank);
    for (let week = 1; week < 9; week++) bank.nextWeek();
    const later = rowsOf(bank);
    const stayed = [...first.keys()].filter((id) => later.has(id));
    expect(stayed.length).toBeLessThan(first.size);
    expect(stayed.length / first.size).toBeGreaterThan(0.97);
    expect([...later.keys()].some((id) => !first.has(id))).toBe(true);
    const older = stayed.map((id) => (later.get(id)?.age ?? 0) - (first.get(id)?.age ?? 0));
    expect(Math.min(...older)).toBe(0);
    expect(Math.max(...older)).toBe(1);
    for (const id of stayed) if (first.get(id)?.deceased) expect(later.get(id)?.deceased).toBe(true);
  });

  it('remembers balances: what is now the balance is in two weeks that of two weeks ago', () => {
    const bank = createBank({ seed: 3, customers: 500, lastWeek: LAST_WEEK, weeks: 60 });
    const before = rowsOf(bank);
    bank.nextWeek();
    bank.nextWeek();
    for (const [id, row] of rowsOf(bank)) expect(row.balance_2w).toBe(before.get(id)?.balance ?? null);
  });

  it('is realistic in its rates', () => {
    const bank = createBank({ seed: 4, customers: 20_000, lastWeek: LAST_WEEK, weeks: 60 });
    const rows = [...rowsOf(bank).values()];
    expect(share(rows, (row) => row.opt_in)).toBeGreaterThan(0.85);
    expect(share(rows, (row) => row.opt_in)).toBeLessThan(0.9);
    const minors = share(rows, ({ age }) => age !== null && age < 18);
    expect(minors).toBeGreaterThan(0.04);
    expect(minors).toBeLessThan(0.1);
    for (const { age } of rows) {
      expect(age).toBeGreaterThanOrEqual(12);
      expect(age).toBeLessThanOrEqual(96);
    }
    for (const flag of [
      'opted_out',
      'deceased',
      'fraud_flag',
      'relationship_ended',
      'address_bounced',
    ] as const) {
      const rate = share(rows, (row) => row[flag]);
      expect(rate).toBeGreaterThan(0.001);
      expect(rate).toBeLessThan(0.05);
    }
    const balances = rows.map(({ balance }) => (balance ?? 0) / 100).sort((a, b) => a - b);
    expect(balances[Math.floor(rows.length / 2)]).toBeGreaterThan(4_000);
    expect(balances[Math.floor(rows.length / 2)]).toBeLessThan(20_000);
    expect(balances.every((balance) => balance >= 0)).toBe(true);
  });

  it('converts 0.3 to 0.8 % of the others a week, who hold the product from then on', () => {
    const bank = createBank({ seed: 4, customers: 10_000, lastWeek: LAST_WEEK, weeks: 60 });
    const rates: number[] = [];
    for (let week = 0; week < 12; week++) {
      const others = [...rowsOf(bank).values()].filter((row) => !row.holds_product);
      const candidates = new Set(others.map(({ party_id }) => party_id));
      const from = bank.asOf;
      bank.nextWeek();
      const after = rowsOf(bank);
      for (const { id, day, amount } of bank.conversions) {
        expect(candidates.has(id)).toBe(true);
        expect(day > from && day <= bank.asOf).toBe(true);
        if (amount !== null) expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true);
      }
      expect(bank.conversions.every(({ id }) => after.get(id)?.holds_product ?? true)).toBe(true);
      rates.push(bank.conversions.length / candidates.size);
    }
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    expect(mean).toBeGreaterThan(0.003);
    expect(mean).toBeLessThan(0.008);
  });

  it('converts more often when it was mailed', () => {
    const options = { seed: 5, customers: 10_000, lastWeek: LAST_WEEK, weeks: 60 };
    const [mailed, unmailed] = [createBank(options), createBank(options)];
    mailed.mail(new Set(mailed.people.map(({ id }) => id)));
    let [with_, without] = [0, 0];
    for (let week = 0; week < 4; week++) {
      for (const bank of [mailed, unmailed]) bank.nextWeek();
      with_ += mailed.conversions.length;
      without += unmailed.conversions.length;
    }
    expect(with_ / without).toBeGreaterThan(1.2);
    expect(with_ / without).toBeLessThan(2);
  });

  it('has one market crash that halts one week of sixty, 40 weeks before the last', () => {
    const bank = createBank({ seed: 2026, customers: 1, lastWeek: LAST_WEEK, weeks: 60 });
    const halted: string[] = [];
    for (let week = 0; week < 60; week++) {
      if (week > 0) bank.nextWeek();
      const checks = judgeMarket(prices(bank), isoDate(bank.asOf), config);
      expect(checks).toHaveLength(2);
      if (checks.some(({ verdict }) => verdict === 'HALT')) halted.push(bank.week);
    }
    expect(halted).toEqual([addWeeks(LAST_WEEK, -40)]);
  });

  it('quotes no prices at weekends, and the same fund change as the recipe', () => {
    const bank = createBank({ seed: 6, customers: 1, lastWeek: LAST_WEEK, weeks: 60 });
    const quoted = prices(bank);
    expect(new Set(quoted.map(({ fund }) => fund)).size).toBe(4);
    expect(new Set(quoted.map(({ date }) => new Date(date).getUTCDay()))).toEqual(new Set([1, 2, 3, 4, 5]));
    const recipe = fundChange(quoted, isoDate(bank.asOf), 28);
    expect(bank.funds.change(bank.asOf, 28)).toBeCloseTo(recipe ?? Number.NaN, 12);
  });
});
