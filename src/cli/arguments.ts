import { InvalidArgumentError } from 'commander';
import { isWeek } from '../domain/week.ts';

/** A whole number from 1. Throws InvalidArgumentError. */
export function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}

/** Each value of an option that may be given several times. */
export function each(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

/** An ISO week. Throws InvalidArgumentError. */
export function week(text: string): string {
  if (!isWeek(text)) throw new InvalidArgumentError('It must be an ISO week such as 2026-W47.');
  return text;
}
