import type { Config } from '../domain/campaign.ts';

/** What each setting means, for those in force and for those that are proposed. */
export const SETTING_MEANING = {
  threshold: 'A customer with a score at or above it is chosen; 0 to 1.',
  capacity: 'How many can be chosen in a week at most.',
  minAge: 'In years, the youngest who is mailed. Nobody under 18 is, whatever it says.',
  maxAge: 'In years, the oldest who is mailed.',
  holdoutShare: 'The share of the chosen that is deliberately not mailed, 0 to 1.',
  explorationSize: 'How many that were not chosen are mailed at random.',
  evaluationWeeks: 'How many weeks an evaluation takes, in which the holdout stays the same.',
  restWeeks: 'Weeks of rest between two flows to the same customer.',
  maxMailsPerDay: 'How many mails of the whole bank a customer may get on one day.',
  maxMailsPer14Days: 'How many mails of the whole bank a customer may get within 14 days.',
  volumeMin: 'Fewer customers above the threshold halt the run.',
  volumeMax: 'More customers above the threshold halt the run.',
  marketWeekBand: 'The relative change of the fund prices over a week; outside of it the run halts.',
  marketMonthBand: 'The relative change of the fund prices over a month; outside of it the run halts.',
  sampleSize: 'How many recipients the review sample holds.',
  schedule: "Cron expression, in the bank's time zone.",
  overrides: 'The features that are held at a value.',
  limits: 'Of the checks that have limits, and of reviews.',
  gates: 'By which the models of the campaign are judged.',
} as const satisfies Record<keyof Config, string>;
