import { isoDate } from '../domain/week.ts';
import type { Random } from './random.ts';

/** `swing` is how much a fund moves when the market moves by one. */
const FUNDS = [
  { name: 'GREEN-DEFENSIVE', swing: 0.5, start: 3_120 },
  { name: 'GREEN-NEUTRAL', swing: 0.9, start: 4_785 },
  { name: 'GREEN-OFFENSIVE', swing: 1.2, start: 6_240 },
  { name: 'CLIMATE-SHARES', swing: 1.4, start: 8_450 },
] as const;

const DAILY_DRIFT = 0.0002;
const DAILY_SPREAD = 0.006;
const OWN_SPREAD = 0.002;
/** What every trading day of the crash week, and of the two weeks of recovery after it, adds. */
const CRASH_DAY = -0.017;
const RECOVERY_DAY = 0.005;

export interface Price {
  readonly day: number;
  readonly fund: string;
  readonly cents: number;
}

/** The closing prices of the bank's own funds: a random walk on trading days, with a crash if one is wanted. */
export class Funds {
  readonly #random: Random;
  readonly #crashMonday: number | null;
  readonly #prices: Price[] = [];
  readonly #levels = FUNDS.map(({ start }) => start as number);
  #day: number;

  /** Days count from 1970-01-01; the first price is of `fromDay` or the trading day after it. */
  constructor(random: Random, fromDay: number, crashMonday: number | null) {
    this.#random = random;
    this.#crashMonday = crashMonday;
    this.#day = fromDay - 1;
  }

  /** Lets the market trade up to and including a day. */
  advance(toDay: number): void {
    while (this.#day < toDay) {
      this.#day++;
      if (isTradingDay(this.#day)) this.#trade(this.#day);
    }
  }

  /** The prices after one day up to and including another, by day. */
  between(afterDay: number, toDay: number): readonly Price[] {
    return this.#prices.filter(({ day }) => day > afterDay && day <= toDay);
  }

  /** The mean over the funds of price(day) / price(day − days) − 1, each the last one known on its day (feed.md §2). */
  change(day: number, days: number): number {
    const now = this.#lastOn(day);
    const then = this.#lastOn(day - days);
    return now.reduce((sum, price, fund) => sum + price / (then[fund] ?? price) - 1, 0) / FUNDS.length;
  }

  #lastOn(day: number): readonly number[] {
    const end = this.#prices.findLastIndex((price) => price.day <= day) + 1;
    return this.#prices.slice(end - FUNDS.length, end).map(({ cents }) => cents);
  }

  #trade(day: number): void {
    const market = this.#marketReturn(day);
    for (const [index, { name, swing }] of FUNDS.entries()) {
      const change = swing * market + OWN_SPREAD * this.#random.normal();
      const level = (this.#levels[index] ?? 0) * (1 + change);
      this.#levels[index] = level;
      this.#prices.push({ day, fund: name, cents: Math.round(level) });
    }
  }

  #marketReturn(day: number): number {
    const noise = this.#random.normal();
    const since = this.#crashMonday === null ? -1 : day - this.#crashMonday;
    if (since >= 0 && since < 7) return CRASH_DAY + 0.001 * noise;
    return DAILY_DRIFT + DAILY_SPREAD * noise + (since >= 7 && since < 21 ? RECOVERY_DAY : 0);
  }
}

function isTradingDay(day: number): boolean {
  const weekday = (day + 3) % 7;
  return weekday < 5 && !['01-01', '12-25', '12-26'].includes(isoDate(day).slice(5));
}
