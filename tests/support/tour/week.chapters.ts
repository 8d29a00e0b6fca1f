import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { writeFeed } from '../../../src/demo/bank-feed.ts';
import type { Chapter, Data } from './tour-step.ts';

/** One check of the input, one of the domain and one of the output, and those that did not pass. */
export const isTelling = ({ name, verdict }: { readonly name: string; readonly verdict: string }) =>
  verdict !== 'PASS' || ['FEED_ROWS', 'MARKET_BAND', 'VOLUME_BAND'].includes(name);
export const customersOf = (sample: readonly { readonly recipient: { readonly customer: string } }[]) =>
  sample.map(({ recipient }) => recipient.customer);
export const sampleOf = (data: Data) => data.batch.sample;

/** From the feed to the funnel. */
export const WEEK: Chapter = {
  title: 'A week',
  about:
    'The warehouse delivers, the engine checks, freezes, judges every customer by every rule, scores who is eligible, and proposes.',
  steps: [
    {
      command: 'ls inbox/investing-retail/2026-W44',
      why: 'On Sunday the warehouse delivers the week, its manifest last.',
      at: '2026-10-31T23:30:00Z',
      happen: async ({ bank, service }) => {
        const inbox = join(service.harness.folder, 'inbox');
        await writeFeed(bank, '2026-W44', inbox);
        return (await readdir(join(inbox, 'investing-retail/2026-W44'))).toSorted().join('  ');
      },
      says: /feed\.json/,
    },
    {
      who: 'olga',
      at: '2026-11-02T08:00:00Z',
      why: 'On Monday she starts the first week by hand. A second start would answer with the same run.',
      document: `
        mutation {
          startRun(input: { campaign: "investing-retail", week: "2026-W44" }) {
            started run { id week attempt trigger } } }`,
      keep: { run: ({ startRun }) => startRun.run.id },
      holds: { startRun: { started: true, run: { trigger: 'MANUAL' } } },
    },
    {
      who: 'mark',
      why: 'A moment later he sees what became of it: each customer is counted once, and each check says what it measured.',
      document: `
        { run(campaign: "investing-retail", week: "2026-W44") {
            status checks { name verdict measured limit }
            funnel {
              considered eligible scored aboveThreshold mailed heldOut notChosen notEligible
              arms { arm count } reasons { reason count decisive } }
            batch { id size status } } }`,
      most: 6,
      keep: { batch: ({ run }) => run.batch.id },
      shows: ({ run: { checks, ...rest } }) => ({
        run: { ...rest, checks: checks.filter(isTelling) },
      }),
      holds: { run: { status: 'AWAITING_REVIEW', batch: { status: 'IN_REVIEW' } } },
    },
  ],
};

/** Sample, removal, submission, approval, release. */
export const REVIEW: Chapter = {
  title: 'Four eyes over the batch',
  about:
    'Nothing leaves before one person looked at a sample and another, who had no hand in it, approved. What was approved is what is released.',
  steps: [
    {
      who: 'olga',
      why: 'Who reads customers says for what, and it is on the log.',
      document: `
        query ($batch: ID!) { batch(id: $batch) { sample { recipient { customer } } } }`,
      variables: { batch: '‹batch›' },
      refused: 'BAD_INPUT PURPOSE',
    },
    {
      who: 'olga',
      why: 'She opens the sample: drawn over all scores and arms.',
      document: `
        query ($batch: ID!) {
          batch(id: $batch) {
            sample { verdict recipient { customer arm score decision { rank reasons } } } } }`,
      variables: { batch: '‹batch›' },
      purpose: 'REVIEW',
      keep: {
        doubtful: (data) => customersOf(sampleOf(data))[0],
        others: (data) => customersOf(sampleOf(data)).slice(1),
        customer: (data) => {
          const chosen = sampleOf(data)
            .slice(1)
            .filter(({ recipient }: { recipient: { arm: string } }) => recipient.arm === 'MODEL');
          return customersOf(chosen)[0];
        },
      },
    },
    {
      who: 'olga',
      why: 'She looks at each, for as long as it takes.',
      document: `
        mutation ($batch: ID!, $customer: ID!) {
          reviewSample(input: { batchId: $batch, customer: $customer, verdict: FINE }) {
            batch { review { pending fine wrong removed } } } }`,
      variables: { batch: '‹batch›', customer: '‹others›' },
      each: 'customer',
      after: 25,
      holds: { reviewSample: { batch: { review: { pending: 1 } } } },
    },
    {
      who: 'olga',
      why: 'One of them should not be mailed.',
      document: `
        mutation ($batch: ID!, $customer: ID!, $note: String!) {
          reviewSample(input: { batchId: $batch, customer: $customer, verdict: WRONG, note: $note }) { batch { status } }
          removeFromBatch(input: { batchId: $batch, customer: $customer, note: $note }) {
            batch { size review { pending fine wrong removed } } } }`,
      variables: { batch: '‹batch›', customer: '‹doubtful›', note: 'moved to the business desk last week' },
      holds: { removeFromBatch: { batch: { review: { pending: 0, wrong: 1, removed: 1 } } } },
    },
    {
      who: 'olga',
      why: 'She submits it to a second person.',
      document: `
        mutation ($batch: ID!) { submitBatch(input: { batchId: $batch }) { batch { status submittedBy } } }`,
      variables: { batch: '‹batch›' },
      holds: { submitBatch: { batch: { status: 'SUBMITTED', submittedBy: 'olga' } } },
    },
    {
      who: 'olga',
      why: 'Herself she approves nothing.',
      document: `
        mutation ($batch: ID!) { approveBatch(input: { batchId: $batch }) { batch { status } } }`,
      variables: { batch: '‹batch›' },
      refused: 'FORBIDDEN batch.approve',
    },
    {
      who: 'mark',
      at: '2026-11-02T10:30:00Z',
      why: 'He sees the review in numbers and no customer, and approves.',
      document: `
        mutation ($batch: ID!) {
          approveBatch(input: { batchId: $batch }) {
            batch { status approvedBy size review { fine wrong removed } reviewAlarms { message } digest } } }`,
      variables: { batch: '‹batch›' },
      holds: { approveBatch: { batch: { status: 'APPROVED', approvedBy: 'mark', reviewAlarms: [] } } },
    },
    {
      who: 'olga',
      why: 'She releases what he approved: the digest is compared first, and who objected since is left out.',
      document: `
        mutation ($batch: ID!) {
          releaseBatch(input: { batchId: $batch }) {
            batch { status releasedAt review { dropped } handOff { file rows digest } } } }`,
      variables: { batch: '‹batch›' },
      keep: { file: ({ releaseBatch }) => releaseBatch.batch.handOff.file },
      holds: { releaseBatch: { batch: { status: 'RELEASED', handOff: { rows: expect.any(Number) } } } },
    },
    {
      command: 'head -3 outbox/investing-retail/‹file›',
      why: 'The mail tool takes the file: who, and in which arm of the experiment.',
      happen: async ({ service, bank, kept }) => {
        const file = join(service.harness.folder, 'outbox/investing-retail', String(kept.get('file')));
        const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
        bank.mail(new Set(lines.slice(1).map((line) => line.split(',')[0] ?? '')));
        return lines.slice(0, 3).join('\n');
      },
      says: /,MODEL/,
    },
  ],
};
