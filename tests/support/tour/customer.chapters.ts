import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { verifyProofFile } from '../../../src/cli/audit-offline.ts';
import { COMMAND_LINE } from '../../../src/cli/command-line.ts';
import { proveDecision } from '../../../src/use-cases/prove-decision.ts';
import { LOG } from '../audit-log.ts';
import type { Chapter } from './tour-step.ts';

const WEEK = '2026-W44';
const KEY = LOG.signer.verifier.text;

/** The letter, what stands behind it, and its proof. */
export const CUSTOMER: Chapter = {
  title: 'A customer asks why',
  about:
    'A customer who got the mail of that first week calls. The answer is made of that week’s record, not of today’s settings.',
  steps: [
    {
      who: 'cees',
      at: '2026-11-12T13:00:00Z',
      why: 'He asks for the answer in plain language, and says for which case.',
      document: `
        query ($customer: ID!) {
          explanation(campaign: "investing-retail", week: "${WEEK}", customer: $customer, audience: CUSTOMER, language: NL) {
            title text } }`,
      variables: { customer: '‹customer›' },
      purpose: 'CUSTOMER_QUESTION; Z-2026-117',
      holds: { explanation: { title: expect.any(String), text: expect.stringContaining('afmeld') } },
    },
    {
      who: 'cees',
      why: 'Scores and amounts are not for him.',
      document: `
        query ($customer: ID!) {
          explanation(campaign: "investing-retail", week: "${WEEK}", customer: $customer, audience: INTERNAL) { score } }`,
      variables: { customer: '‹customer›' },
      purpose: 'CUSTOMER_QUESTION; Z-2026-117',
      refused: 'FORBIDDEN explanation.readInternal',
    },
    {
      who: 'olga',
      why: 'The operator sees what each feature added to the score, exactly, and the smallest change that would have turned the outcome, tried out on the model of that week.',
      document: `
        query ($customer: ID!) {
          explanation(campaign: "investing-retail", week: "${WEEK}", customer: $customer, audience: INTERNAL, language: EN) {
            outcome score threshold baseline contributions { label display contribution }
            counterfactual { text scoreAfter } } }`,
      variables: { customer: '‹customer›' },
      purpose: 'INVESTIGATION; Z-2026-117',
      most: 7,
      holds: { explanation: { outcome: 'MAIL', threshold: 0.035 } },
    },
    {
      who: 'carla',
      why: 'That this and nothing else was decided then can be proved: a path from the decision to the root over all decisions of the run, and from the run’s entry to a signed checkpoint.',
      document: `
        query ($customer: ID!) {
          decision(campaign: "investing-retail", week: "${WEEK}", customer: $customer) {
            outcome rank recipientStatus
            proof { index size leaf path root audit { index treeSize } checkpoint { size signedNote } } } }`,
      variables: { customer: '‹customer›' },
      purpose: 'CONTROL',
      most: 2,
      holds: { decision: { outcome: 'MAIL', recipientStatus: 'RELEASED' } },
    },
    {
      command: `waarom explain --campaign investing-retail --week ${WEEK} --customer ‹customer› --proof why.json
$ waarom audit verify --proof why.json --key ${KEY}`,
      why: 'The same as a file, for a court or an auditor: it needs neither the database nor us.',
      happen: async ({ service: { harness }, kept }) => {
        const file = join(harness.folder, 'why.json');
        const caller = { ...COMMAND_LINE, purpose: { kind: 'CONTROL', reference: null } } as const;
        const about = { campaign: 'investing-retail', week: WEEK, customer: String(kept.get('customer')) };
        await writeFile(file, await proveDecision(harness.services, caller, about));
        return (await verifyProofFile(file, [KEY])).text;
      },
      says: /^PROVEN/,
    },
    {
      who: 'cees',
      why: 'The customer wants no more of these mails: from now on no run scores them.',
      document: `
        mutation ($customer: ID!) {
          recordOptOut(input: { customer: $customer, note: "said so on the phone, Z-2026-117" }) { known } }`,
      variables: { customer: '‹customer›' },
      holds: { recordOptOut: { known: true } },
    },
  ],
};

/** An erasure by two people. */
export const FORGOTTEN: Chapter = {
  title: 'A customer is forgotten',
  about:
    'Two people erase a customer. Rows, salts and the name that the log had for them go; every digest stays, so that the rest is as provable as before.',
  steps: [
    {
      who: 'cees',
      at: '2026-11-26T11:00:00Z',
      why: 'The customer asks for it, and he passes it on.',
      document: `
        mutation ($customer: ID!) {
          requestErasure(input: { customer: $customer, reason: "asked for it in writing" }) { request } }`,
      variables: { customer: '‹customer›' },
    },
    {
      who: 'carla',
      at: '2026-11-27T09:00:00Z',
      why: 'She does it. The answer names the files outside of the database that hold the customer too.',
      document: `
        mutation ($customer: ID!) {
          eraseCustomer(input: { customer: $customer, requestedBy: "cees", reason: "GDPR art. 17" }) { erasedRows files } }`,
      variables: { customer: '‹customer›' },
      most: 4,
      holds: { eraseCustomer: { erasedRows: expect.any(Number) } },
    },
    {
      who: 'cees',
      why: 'Whoever asks now is told that there is nothing to tell.',
      document: `
        query ($customer: ID!) {
          explanation(campaign: "investing-retail", week: "${WEEK}", customer: $customer, audience: CUSTOMER) { text } }`,
      variables: { customer: '‹customer›' },
      purpose: 'CUSTOMER_QUESTION',
      refused: 'ERASED CUSTOMER_ERASED',
    },
    {
      who: 'carla',
      why: 'Everybody else’s decision still comes out the same.',
      document: `
        mutation ($run: ID!) {
          reproduceRun(input: { runId: $run }) { reproduction { verdict compared differing erased } } }`,
      variables: { run: '‹run›' },
      holds: { reproduceRun: { reproduction: { verdict: 'IDENTICAL', erased: 1, differing: 0 } } },
    },
  ],
};
