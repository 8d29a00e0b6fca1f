export const MODEL_STATUSES = ['REGISTERED', 'VALIDATED', 'APPROVED', 'LIVE', 'RETIRED', 'REFUSED'] as const;
export type ModelStatus = (typeof MODEL_STATUSES)[number];
