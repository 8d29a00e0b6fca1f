import type { ColumnCategory } from './feed-contract.ts';
import { isReadByRules } from './feed-contract-rules.ts';
import { addDays, type IsoDate } from './week.ts';

export const DATA_USE_STATUSES = ['DECLARED', 'SIGNED_OFF', 'REFUSED', 'WITHDRAWN', 'EXPIRED'] as const;
export type DataUseStatus = (typeof DATA_USE_STATUSES)[number];

/** Days before the end of a data use from which on it is shown to be ending. */
export const ENDING_DAYS = 30;

/** As much of a data use as tells what it covers. */
export interface DataUseCover {
  readonly id: string;
  readonly columns: readonly string[];
  readonly status: DataUseStatus;
  readonly validUntil: IsoDate;
}

/** A data use is in force through its last day, on the calendar of the bank's time zone. */
export function statusOn(use: Pick<DataUseCover, 'status' | 'validUntil'>, day: IsoDate): DataUseStatus {
  return use.status === 'SIGNED_OFF' && day > use.validUntil ? 'EXPIRED' : use.status;
}

/** Whether a data use is in force and will not be for longer than 30 days more. */
export function endsSoon(use: Pick<DataUseCover, 'status' | 'validUntil'>, day: IsoDate): boolean {
  return statusOn(use, day) === 'SIGNED_OFF' && use.validUntil < addDays(day, ENDING_DAYS);
}

/** A data use as far as it was recorded at an instant after its declaration: what came later is taken back. */
export function recordedAt<Use extends Recorded>(use: Use, at: Date): Use {
  if (use.decidedAt === null || use.decidedAt <= at) return use;
  const signed = use.signedAt !== null && use.signedAt <= at;
  return {
    ...use,
    status: signed ? 'SIGNED_OFF' : 'DECLARED',
    signedBy: signed ? use.signedBy : null,
    signedAt: signed ? use.signedAt : null,
    signedNote: signed ? use.signedNote : null,
    decidedBy: signed ? use.signedBy : null,
    decidedAt: signed ? use.signedAt : null,
    note: signed ? use.signedNote : null,
  };
}

/** As much of a data use as tells who decided on it, and when. */
interface Recorded {
  readonly status: DataUseStatus;
  readonly signedBy: string | null;
  readonly signedAt: Date | null;
  readonly signedNote: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly note: string | null;
}

/** One of the things that people did about a data use. */
export interface DataUseEvent {
  readonly status: Exclude<DataUseStatus, 'EXPIRED'>;
  readonly by: string;
  readonly at: Date;
  readonly note: string | null;
}

/** What people did about a data use, from its declaration on. */
export function historyOf(use: Recorded & { readonly declaredBy: string; readonly declaredAt: Date }) {
  const events: DataUseEvent[] = [{ status: 'DECLARED', by: use.declaredBy, at: use.declaredAt, note: null }];
  const { signedBy, signedAt, decidedBy, decidedAt, status, note } = use;
  if (signedBy !== null && signedAt !== null) {
    const signedNote = status === 'SIGNED_OFF' ? note : use.signedNote;
    events.push({ status: 'SIGNED_OFF', by: signedBy, at: signedAt, note: signedNote });
  }
  if (decidedBy !== null && decidedAt !== null && (status === 'REFUSED' || status === 'WITHDRAWN'))
    events.push({ status, by: decidedBy, at: decidedAt, note });
  return events;
}

/** Which of the columns no data use in force covers, and the ids of those in force that cover any. */
export function coveringDataUses(
  columns: readonly string[],
  uses: readonly DataUseCover[],
  day: IsoDate,
): { readonly missing: readonly string[]; readonly covering: readonly string[] } {
  const inForce = uses.filter((use) => statusOn(use, day) === 'SIGNED_OFF');
  return {
    missing: columns.filter((column) => !inForce.some((use) => use.columns.includes(column))),
    covering: inForce
      .filter((use) => use.columns.some((column) => columns.includes(column)))
      .map(({ id }) => id)
      .sort(),
  };
}

/** As much of a column as tells whether its use must be signed off. */
export interface ColumnUse {
  readonly name: string;
  /** Null where the feed contract has it no more. */
  readonly category: ColumnCategory | null;
  /** Whether a data use in force covers it. */
  readonly covered: boolean;
  /** Whether the live model reads it. */
  readonly needed: boolean;
}

/** In plain words why a column needs a data use, or why it needs none (docs/decisions/0015). */
export function statementOf({ name, category, covered, needed }: ColumnUse): string {
  if (needed)
    return covered
      ? 'The live model reads it and a data use in force covers it.'
      : 'The live model reads it and no data use in force covers it: no run starts until a compliance reviewer signs one off.';
  if (category === null) return 'The feed contract has it no more.';
  if (covered) return 'A data use in force covers it. The live model does not read it.';
  if (category === 'key') return 'It tells customers apart and says nothing of them: it needs no data use.';
  if (isReadByRules(name) && category === 'feature')
    return 'The rules of eligibility read it: that needs no data use. A model that reads it needs one first.';
  if (isReadByRules(name))
    return 'Only the rules of eligibility read it: to leave customers alone and not to profile them. That needs no data use.';
  if (category === 'segment') return 'It is for reports only: no run waits for a data use of it.';
  return 'The live model does not read it: one that does needs a data use of it first.';
}
