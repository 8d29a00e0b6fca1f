import type { IsoDate } from './week.ts';

export const DATA_USE_STATUSES = ['DECLARED', 'SIGNED_OFF', 'REFUSED', 'WITHDRAWN', 'EXPIRED'] as const;
export type DataUseStatus = (typeof DATA_USE_STATUSES)[number];

/** As much of a data use as tells what it covers. */
export interface DataUseCover {
  readonly id: string;
  readonly columns: readonly string[];
  readonly status: DataUseStatus;
  readonly validUntil: IsoDate;
}

/** A data use is in force through its last day (UTC). */
export function statusAt(use: Pick<DataUseCover, 'status' | 'validUntil'>, at: Date): DataUseStatus {
  return use.status === 'SIGNED_OFF' && at.toISOString().slice(0, 10) > use.validUntil
    ? 'EXPIRED'
    : use.status;
}

/** A data use as far as it was recorded at an instant after its declaration: what came later is taken back. */
export function recordedAt<Use extends Recorded>(use: Use, at: Date): Use {
  if (use.decidedAt === null || use.decidedAt <= at) return use;
  const signed = use.signedAt !== null && use.signedAt <= at;
  return {
    ...use,
    status: signed ? 'SIGNED_OFF' : 'DECLARED',
    decidedBy: signed ? use.signedBy : null,
    decidedAt: signed ? use.signedAt : null,
    note: null,
  };
}

/** As much of a data use as tells who decided on it, and when. */
interface Recorded {
  readonly status: DataUseStatus;
  readonly signedBy: string | null;
  readonly signedAt: Date | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly note: string | null;
}

/** Which of the columns no data use in force covers, and the ids of those in force that cover any. */
export function coveringDataUses(
  columns: readonly string[],
  uses: readonly DataUseCover[],
  at: Date,
): { readonly missing: readonly string[]; readonly covering: readonly string[] } {
  const inForce = uses.filter((use) => statusAt(use, at) === 'SIGNED_OFF');
  return {
    missing: columns.filter((column) => !inForce.some((use) => use.columns.includes(column))),
    covering: inForce
      .filter((use) => use.columns.some((column) => columns.includes(column)))
      .map(({ id }) => id)
      .sort(),
  };
}
