import { DATA, EMPTY, MODEL } from './campaign.chapters.ts';
import { COMPLIANCE, WHAT_IF } from './compliance.chapters.ts';
import { CUSTOMER, FORGOTTEN } from './customer.chapters.ts';
import { LOG_BOOK, REPRODUCED, SWITCH } from './record.chapters.ts';
import { HASTE, SETTINGS } from './settings.chapters.ts';
import type { Chapter } from './tour-step.ts';
import { REVIEW, WEEK } from './week.chapters.ts';

/** The tour, in the order in which it is played. */
export const CHAPTERS: readonly Chapter[] = [
  EMPTY,
  DATA,
  MODEL,
  WEEK,
  REVIEW,
  SETTINGS,
  HASTE,
  WHAT_IF,
  COMPLIANCE,
  CUSTOMER,
  REPRODUCED,
  SWITCH,
  FORGOTTEN,
  LOG_BOOK,
];
