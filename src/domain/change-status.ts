/** How far a proposed change is. EFFECTIVE is an approved one whose time has come; it is shown, not stored. */
export const CHANGE_STATUSES = ['PROPOSED', 'APPROVED', 'REJECTED', 'EFFECTIVE', 'WITHDRAWN'] as const;
export type ChangeStatus = (typeof CHANGE_STATUSES)[number];
