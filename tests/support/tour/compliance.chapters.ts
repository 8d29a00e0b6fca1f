import { expect } from 'vitest';
import type { Chapter, Data } from './tour-step.ts';

/** What of a register is shown: one column that the model reads, and one that it does not. */
const twoColumns = ({ dataUseRegister: { columns, ...register } }: Data) => ({
  dataUseRegister: {
    ...register,
    columns: columns.filter(({ name }: { name: string }) => name === 'age' || name === 'holding'),
  },
});

/** A simulation. */
export const WHAT_IF: Chapter = {
  title: 'What would have been',
  about:
    'Before a setting, a model or the market changes, the weeks on record can be decided again. Nothing of the record is touched, and only counts come of it.',
  steps: [
    {
      who: 'mark',
      why: 'Fund prices up 10 %: does it want to mail more?',
      document: `
        query ($up: [FeatureShiftInput!]) {
          simulation(campaign: "investing-retail", from: "2026-W44", to: "2026-W45", shift: $up) {
            weeks { week recorded simulated enter leave halted warned } } }`,
      variables: { up: [{ feature: 'fund_month', add: 0.1 }] },
      holds: { simulation: { weeks: [{ week: '2026-W44', recorded: 150 }, { week: '2026-W45' }] } },
    },
  ],
};

/** What compliance reads. */
export const COMPLIANCE: Chapter = {
  title: 'The desk of compliance',
  about: 'How the data moved, whether the review was one, and what every column may be used for.',
  steps: [
    {
      who: 'carla',
      at: '2026-11-11T09:00:00Z',
      why: 'How balances moved, against what the model learnt from and from week to week (PSI: above 0.25 is another population).',
      document: `
        { driftSeries(campaign: "investing-retail", from: "2026-W44", to: "2026-W45", feature: "balance") {
            subject columns
            weeks { week psiToReference psiToWeeksBefore nullShare changeFromReference } } }`,
      holds: {
        driftSeries: expect.arrayContaining([
          expect.objectContaining({
            subject: 'balance',
            weeks: [
              expect.objectContaining({ week: '2026-W44' }),
              expect.objectContaining({ week: '2026-W45' }),
            ],
          }),
        ]),
      },
    },
    {
      who: 'carla',
      why: 'How the two batches were reviewed.',
      document: `
        { reviewEvidence(campaign: "investing-retail", from: "2026-W44", to: "2026-W45") {
            week reviewer sampleSize verdicts fine wrong removals openedShare medianSeconds alarms { measure verdict } } }`,
      holds: {
        reviewEvidence: [
          { week: '2026-W44', reviewer: 'olga', wrong: 1, removals: 1, alarms: [] },
          { week: '2026-W45', reviewer: 'olga', wrong: 0, alarms: [{ measure: 'REVIEW_TIME' }] },
        ],
      },
    },
    {
      who: 'carla',
      why: 'The register of data uses: for each column why, on what basis, who signed, until when, and which models and runs used it.',
      document: `
        { dataUseRegister(campaign: "investing-retail") {
            columns {
              name category needed covered
              dataUses { purpose legalBasis status declaredBy signedBy validUntil }
              models { name version status } runs { nodes { week attempt } } } } }`,
      shows: twoColumns,
      holds: {
        dataUseRegister: {
          columns: expect.arrayContaining([
            expect.objectContaining({ name: 'age', needed: true, covered: true }),
            expect.objectContaining({ name: 'holding', needed: false, covered: true }),
          ]),
        },
      },
    },
  ],
};
