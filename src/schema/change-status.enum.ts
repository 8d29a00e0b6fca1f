import { CHANGE_STATUSES } from '../domain/change-status.ts';
import { wordEnum } from './word-enum.ts';

export const ChangeStatusEnum = wordEnum('ChangeStatus', CHANGE_STATUSES, 'How far a proposed change is.');
