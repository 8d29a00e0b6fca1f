import { CHECK_NAMES, type CheckName, type Limit } from './campaign.ts';

export type CheckKind = 'FEED' | 'DOMAIN' | 'OUTPUT';
export const VERDICTS = ['PASS', 'WARN', 'HALT'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A named test of input, domain or output, with what it measured. `subject` is the column or feature judged. */
export interface Check {
  readonly name: CheckName;
  readonly kind: CheckKind;
  readonly verdict: Verdict;
  readonly measured: string;
  readonly limit: string;
  readonly message: string;
  readonly subject: string | null;
}

const FIRST_DOMAIN = CHECK_NAMES.indexOf('MARKET_BAND');
const FIRST_OUTPUT = CHECK_NAMES.indexOf('VOLUME_BAND');

export function kindOf(name: CheckName): CheckKind {
  const position = CHECK_NAMES.indexOf(name);
  return position < FIRST_DOMAIN ? 'FEED' : position < FIRST_OUTPUT ? 'DOMAIN' : 'OUTPUT';
}

/** A check with a verdict of its own. */
export function check(
  name: CheckName,
  verdict: Verdict,
  facts: { measured: string; limit: string; message: string; subject?: string | null },
): Check {
  return { name, kind: kindOf(name), verdict, subject: null, ...facts };
}

/** The verdict of a measured value that may not exceed its limit; a null limit never fires. */
export function verdictAbove(measured: number, limit: Limit): Verdict {
  if (limit.halt !== null && measured > limit.halt) return 'HALT';
  return limit.warn !== null && measured > limit.warn ? 'WARN' : 'PASS';
}

/** The verdict of a measured value that may not fall below its limit. */
export function verdictBelow(measured: number, limit: Limit): Verdict {
  if (limit.halt !== null && measured < limit.halt) return 'HALT';
  return limit.warn !== null && measured < limit.warn ? 'WARN' : 'PASS';
}

export function limitText(limit: Limit, show: (value: number) => string = String): string {
  const part = (name: string, value: number | null) => `${name} ${value === null ? 'never' : show(value)}`;
  return `${part('warn', limit.warn)}, ${part('halt', limit.halt)}`;
}

export function halts(checks: readonly Check[]): boolean {
  return checks.some(({ verdict }) => verdict === 'HALT');
}

export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** The middle value; the mean of the two middle ones of an even count; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  if (upper === undefined || sorted.length % 2 === 1) return upper;
  return ((sorted[(sorted.length >> 1) - 1] ?? upper) + upper) / 2;
}
