export const INCIDENT_KINDS = [
  'FEED_MISSING',
  'CHECK_HALTED',
  'RUN_FAILED',
  'HAND_OFF_FAILED',
  'RECORD_BROKEN',
  'RUBBER_STAMPING',
  'ENUMERATION',
  'DATA_USE',
] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];
