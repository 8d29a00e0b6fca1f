import { endsSoon, recordedAt, statusOn } from '../domain/data-use.ts';
import { dateIn } from '../domain/week.ts';
import type { DataUseRow } from '../store/data-use.row.ts';

/** A data use as it stood at an instant, on the calendar of its campaign. */
export function dataUseView(use: DataUseRow, timeZone: string, at: Date) {
  const recorded = recordedAt(use, at);
  const day = dateIn(timeZone, at);
  return {
    ...recorded,
    /** As it was decided on, which expiry is not. */
    decided: recorded.status,
    status: statusOn(recorded, day),
    endsSoon: endsSoon(recorded, day),
    at,
  };
}
export type DataUseView = ReturnType<typeof dataUseView>;
