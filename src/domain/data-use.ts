export const DATA_USE_STATUSES = ['DECLARED', 'SIGNED_OFF', 'REFUSED', 'WITHDRAWN', 'EXPIRED'] as const;
export type DataUseStatus = (typeof DATA_USE_STATUSES)[number];
