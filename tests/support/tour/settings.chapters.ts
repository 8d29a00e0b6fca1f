import { join } from 'node:path';
import { expect } from 'vitest';
import { writeFeed } from '../../../src/demo/bank-feed.ts';
import { continueRuns } from '../../../src/jobs/continue-runs.job.ts';
import { startDueRuns } from '../../../src/jobs/start-due-runs.job.ts';
import type { Chapter, Data } from './tour-step.ts';
import { customersOf, isTelling, sampleOf } from './week.chapters.ts';

const PATCH = { threshold: 0.05, limits: [{ check: 'REVIEW_TIME', warn: 10 }] };
const REASON = 'Fewer mails, to those who may care more; and to see when a review is no review.';

const proposal = (acceptsEvaluationLoss: boolean) => ({
  change: { campaign: 'investing-retail', reason: REASON, patch: PATCH, acceptsEvaluationLoss },
});
const approval = (document = '') => `
        mutation ($id: ID!) {
          approveConfigChange(input: { id: $id }) {
            change { status approvals { by role }${document} } } }`;

/** A config change, from its preview to the settings of the next run. */
export const SETTINGS: Chapter = {
  title: 'Other settings',
  about:
    'A setting is changed by a proposal with a reason and its impact. One of operator and marketeer proposes and the other approves; what touches checks, data or control groups is for compliance as well.',
  steps: [
    {
      who: 'mark',
      at: '2026-11-05T09:00:00Z',
      why: 'What would another threshold have done in the weeks on record? Nothing is changed by asking.',
      document: `
        query ($patch: ConfigPatchInput!) {
          previewConfigChange(campaign: "investing-retail", input: $patch, weeks: 8) {
            weeks { week before after enter leave bands { band before after } } warnings } }`,
      variables: { patch: PATCH },
      most: 6,
      holds: { previewConfigChange: { weeks: [{ week: '2026-W44', before: 150 }] } },
    },
    {
      who: 'mark',
      why: 'He proposes it, and is told what it costs.',
      document: `
        mutation ($change: ProposeConfigChangeInput!) {
          proposeConfigChange(input: $change) { change { id } } }`,
      variables: proposal(false),
      refused: 'INVALID_STATE EVALUATION_LOSS',
    },
    {
      who: 'mark',
      why: 'He says that he knows. The impact is kept with the proposal, for whoever approves.',
      document: `
        mutation ($change: ProposeConfigChangeInput!) {
          proposeConfigChange(input: $change) {
            change {
              id status needs cutsEvaluation differences { field before after }
              impact { weeks { week before after } } } } }`,
      variables: proposal(true),
      keep: { change: ({ proposeConfigChange }) => proposeConfigChange.change.id },
      holds: {
        proposeConfigChange: { change: { status: 'PROPOSED', needs: ['OPERATOR', 'COMPLIANCE_REVIEWER'] } },
      },
    },
    {
      who: 'mark',
      why: 'His own proposal he does not approve.',
      document: approval(),
      variables: { id: '‹change›' },
      refused: 'FOUR_EYES ANOTHER_PERSON',
    },
    {
      who: 'olga',
      at: '2026-11-06T09:00:00Z',
      why: 'The operator approves.',
      document: approval(),
      variables: { id: '‹change›' },
      holds: { approveConfigChange: { change: { status: 'APPROVED' } } },
    },
    {
      who: 'carla',
      why: 'Compliance approves, and with the last approval the settings hold for every run that starts from now on.',
      document: approval(' config { number threshold effectiveFrom }'),
      variables: { id: '‹change›' },
      holds: {
        approveConfigChange: { change: { status: 'EFFECTIVE', config: { number: 2, threshold: 0.05 } } },
      },
    },
    {
      command: null,
      why: 'A week later the warehouse delivers 2026-W45, and on Sunday at 01:00 the engine starts by itself.',
      at: '2026-11-08T00:00:20Z',
      happen: async ({ bank, service: { harness } }) => {
        await writeFeed(bank, '2026-W45', join(harness.folder, 'inbox'));
        expect(await startDueRuns(harness.services)).toMatchObject([
          { week: '2026-W45', outcome: 'STARTED' },
        ]);
        expect(await continueRuns(harness.services)).toMatchObject([{ status: 'AWAITING_REVIEW' }]);
        return undefined;
      },
    },
    {
      who: 'olga',
      at: '2026-11-09T08:00:00Z',
      why: 'The run had the new settings.',
      document: `
        { run(campaign: "investing-retail", week: "2026-W45") {
            trigger status config { number threshold } checks { name verdict measured limit }
            funnel { considered eligible aboveThreshold mailed } batch { id } } }`,
      most: 9,
      shows: ({ run: { checks, ...run } }) => ({ run: { ...run, checks: checks.filter(isTelling) } }),
      keep: { second: ({ run }) => run.batch.id },
      holds: { run: { trigger: 'SCHEDULE', config: { number: 2, threshold: 0.05 } } },
    },
  ],
};

/** A review that was none. */
export const HASTE: Chapter = {
  title: 'A review in haste',
  about:
    'Four eyes are worth what they look at. How long a reviewer looked is told from the log, and whoever approves is shown it.',
  steps: [
    {
      who: 'olga',
      at: '2026-11-09T17:30:00Z',
      why: 'It is late. She opens the sample …',
      document: `
        query ($batch: ID!) { batch(id: $batch) { size sample { recipient { customer } } } }`,
      variables: { batch: '‹second›' },
      purpose: 'REVIEW',
      most: 2,
      keep: { hasty: (data: Data) => customersOf(sampleOf(data)) },
    },
    {
      who: 'olga',
      why: '… and finds everything fine, two seconds each.',
      document: `
        mutation ($batch: ID!, $customer: ID!) {
          reviewSample(input: { batchId: $batch, customer: $customer, verdict: FINE }) {
            batch { review { pending fine } } } }`,
      variables: { batch: '‹second›', customer: '‹hasty›' },
      each: 'customer',
      after: 2,
    },
    {
      who: 'olga',
      why: 'She submits.',
      document: `
        mutation ($batch: ID!) { submitBatch(input: { batchId: $batch }) { batch { status } } }`,
      variables: { batch: '‹second›' },
    },
    {
      who: 'mark',
      at: '2026-11-10T09:00:00Z',
      why: 'Before he decides, he is warned.',
      document: `
        { batches(campaign: "investing-retail", status: [SUBMITTED]) {
            nodes { id run { week } submittedBy reviewAlarms { measure verdict message } } } }`,
      holds: {
        batches: { nodes: [{ reviewAlarms: [{ measure: 'REVIEW_TIME', verdict: 'WARN' }] }] },
      },
    },
    {
      who: 'mark',
      why: 'He rejects the batch. The week may be run and reviewed again.',
      document: `
        mutation ($batch: ID!) {
          rejectBatch(input: { batchId: $batch, note: "nobody looks at a customer in two seconds" }) {
            batch { status run { status } } } }`,
      variables: { batch: '‹second›' },
      holds: { rejectBatch: { batch: { status: 'REJECTED' } } },
    },
  ],
};
