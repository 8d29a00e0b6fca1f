/**
 * How far a proposed change is. PROPOSED waits for approvals; APPROVED waits for what is still due: of settings for further approvals,
 * of a feed contract for its first week; EFFECTIVE holds.
 */
export const CHANGE_STATUSES = ['PROPOSED', 'APPROVED', 'REJECTED', 'EFFECTIVE', 'WITHDRAWN'] as const;
export type ChangeStatus = (typeof CHANGE_STATUSES)[number];
