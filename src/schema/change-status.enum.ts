import { CHANGE_STATUSES } from '../domain/change-status.ts';
import { wordEnum } from './word-enum.ts';

export const ChangeStatusEnum = wordEnum(
  'ChangeStatus',
  CHANGE_STATUSES,
  'APPROVED waits for what is still due: of settings for further approvals, of a feed contract for its first week. EFFECTIVE holds.',
  {
    PROPOSED: 'It waits for approval.',
    APPROVED: 'Approved, and not in force yet.',
    REJECTED: 'Rejected by somebody whose approval it needs.',
    EFFECTIVE: 'In force.',
    WITHDRAWN: 'Taken back.',
  },
);
