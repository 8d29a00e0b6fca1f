import { join } from 'node:path';
import { expect } from 'vitest';
import { verifyExportFolder } from '../../../src/cli/audit-offline.ts';
import { exportAuditFolder } from '../../../src/cli/export-audit-folder.ts';
import { verifyAuditRecord } from '../../../src/cli/verify-audit-record.ts';
import { LOG } from '../audit-log.ts';
import { hasPython, runVerifier } from '../python-verifier.ts';
import type { Tour } from './tour.ts';
import type { Chapter } from './tour-step.ts';

const KEY = LOG.signer.verifier.text;
const exportOf = ({ service }: Tour) => join(service.harness.folder, 'auditors');

const sentence = (pattern: RegExp) => ({ summary: expect.stringMatching(pattern) });
const SAID = {
  asked: sentence(/^cees .* read why .* for CUSTOMER_QUESTION "Z-2026-117"/),
  refused: sentence(/^cees wanted to read why .* FORBIDDEN, explanation.readInternal/),
  approved: sentence(/^mark \(MARKETEER\) approved batch .*, from SUBMITTED to APPROVED/),
};

/** A past week, executed again. */
export const REPRODUCED: Chapter = {
  title: 'The same week again',
  about:
    'A past week is executed from its record alone, with its model and its settings, and compared customer by customer.',
  steps: [
    {
      who: 'carla',
      why: 'She has the first week executed again, and gets a certificate signed with the key of the log.',
      document: `
        mutation ($run: ID!) {
          reproduceRun(input: { runId: $run }) {
            reproduction { verdict compared differing erased faults environmentDiffers certificate } } }`,
      variables: { run: '‹run›' },
      holds: {
        reproduceRun: {
          reproduction: { verdict: 'IDENTICAL', differing: 0, certificate: expect.any(String) },
        },
      },
    },
  ],
};

/** The engine's switch. */
export const SWITCH: Chapter = {
  title: 'The switch',
  about: 'Anybody but the contact centre can stop the engine alone and at once; an operator lets it go on.',
  steps: [
    {
      who: 'carla',
      at: '2026-11-13T09:00:00Z',
      why: 'The supervisor changes a rule. She stops everything that runs in the background, in one act, and sees what that stopped.',
      document: `
        mutation {
          pauseEverything(input: { reason: "the supervisor's letter of 9 November" }) {
            pause { scope pausedBy stopped { what campaign week dueAt } } } }`,
      holds: { pauseEverything: { pause: { scope: 'EVERYTHING', pausedBy: 'carla' } } },
    },
    {
      who: 'olga',
      why: 'Whoever tries is told who stopped it, and why.',
      document: `
        mutation { startRun(input: { campaign: "investing-retail", week: "2026-W45" }) { started } }`,
      refused: 'INVALID_STATE ENGINE_PAUSED',
    },
    {
      who: 'olga',
      at: '2026-11-13T15:00:00Z',
      why: 'When it is settled, she lets it go on.',
      document: `
        mutation {
          resumeEverything(input: { reason: "the texts were found in order" }) { pause { pausedAt resumedAt resumedBy } } }`,
      holds: { resumeEverything: { pause: { resumedBy: 'olga' } } },
    },
  ],
};

/** The log, read and verified. */
export const LOG_BOOK: Chapter = {
  title: 'The log',
  about:
    'Every act, every refusal and every look at a customer stands in a log that only grows and whose heads are signed.',
  steps: [
    {
      who: 'carla',
      at: '2026-12-01T09:00:00Z',
      why: 'She reads it as sentences, the newest first: who read that customer, and for what.',
      document: `
        { auditEntries(first: 14) { totalCount nodes { summary } } }`,
      most: 14,
      holds: { auditEntries: { nodes: expect.arrayContaining([SAID.asked, SAID.refused]) } },
    },
    {
      who: 'carla',
      why: 'Or she asks for acts: who approved what, and who wanted to?',
      document: `
        { auditEntries(filter: { action: ["dataUse.signOff", "model.approve", "batch.approve", "config.approve"] }, first: 8) {
            nodes { summary } } }`,
      most: 8,
      holds: { auditEntries: { nodes: expect.arrayContaining([SAID.approved]) } },
    },
    {
      who: 'olga',
      why: 'An operator reads her own entries, and nobody else’s.',
      document: `
        { auditEntries(filter: { actor: "carla" }) { totalCount } }`,
      refused: 'FORBIDDEN audit.read',
    },
    {
      command: 'waarom audit verify',
      why: 'From the signed head of the log down to every decision and every byte of the model, all is as it was recorded.',
      happen: async ({ settings }) => (await verifyAuditRecord(settings, null)).text,
      says: /^INTACT/,
    },
    {
      command: 'waarom audit export auditors',
      why: 'An auditor gets the log as files …',
      happen: async (tour) => {
        tour.keep('folder', exportOf(tour));
        await exportAuditFolder(tour.settings, exportOf(tour), 'tiles');
        return undefined;
      },
    },
    {
      command: `waarom audit verify --export auditors --key ${KEY}`,
      why: '… and verifies them on a machine of their own,',
      happen: async (tour) => {
        const asked = { export: exportOf(tour), key: [KEY], witness: [] };
        return (await verifyExportFolder(asked)).text;
      },
      says: /^INTACT/,
    },
    {
      command: `python3 verify.py auditors --key ${KEY}`,
      why: 'or with 200 lines of Python that share nothing with ours, and say the same.',
      happen: async (tour) => {
        if (hasPython) expect(runVerifier([exportOf(tour), '--key', KEY])).toMatchObject({ intact: true });
        return undefined;
      },
    },
  ],
};
