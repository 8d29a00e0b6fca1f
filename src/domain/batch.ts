export const BATCH_STATUSES = ['IN_REVIEW', 'SUBMITTED', 'APPROVED', 'REJECTED', 'HELD', 'RELEASED'] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];

export const SAMPLE_VERDICTS = ['PENDING', 'FINE', 'WRONG'] as const;
export type SampleVerdict = (typeof SAMPLE_VERDICTS)[number];
