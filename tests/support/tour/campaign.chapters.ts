import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { applyDefinitionFile } from '../../../src/cli/apply-campaign-file.ts';
import { zipFile } from '../zip-builder.ts';
import type { Chapter } from './tour-step.ts';

export const ROOT = join(import.meta.dirname, '../../..');
const CAMPAIGN = 'campaigns/investing-retail/campaign.yaml';
const PACKAGE = join(ROOT, 'models/investing-retail-1');
/** What a row of its last week on which it was trained begins with, and what comes after any such row. */
const LAST_TRAINED = '2025-W12-';

/** A campaign that nobody has allowed anything yet. */
export const EMPTY: Chapter = {
  title: 'An empty database',
  about:
    'A campaign is a file that the bank reviews like code. After that its settings change by proposals alone.',
  steps: [
    {
      command: `waarom campaign apply ${CAMPAIGN}`,
      why: 'The campaign that ships is created, with its feed contract, its settings and what it declares to do with which data.',
      happen: ({ service }) => applyDefinitionFile(service.harness.services, join(ROOT, CAMPAIGN)),
      says: /was created/,
    },
    {
      who: 'olga',
      why: 'She signs in and looks at what there is: a campaign with settings and a schedule, and no model that could decide.',
      document: `
        { viewer { subject roles }
          campaigns {
            key name(language: EN) paused nextRunAt liveModel { name }
            config { number threshold capacity holdoutShare explorationSize sampleSize schedule }
          } }`,
      holds: {
        viewer: { subject: 'olga' },
        campaigns: [
          { key: 'investing-retail', liveModel: null, nextRunAt: expect.any(String), config: { number: 1 } },
        ],
      },
    },
  ],
};

/** Declared by some, signed by another. */
export const DATA: Chapter = {
  title: 'Which data, for what',
  about:
    'No column is scored before compliance has signed for it: these columns, from this source, for this purpose, until this day.',
  steps: [
    {
      who: 'mark',
      why: 'Beside what the file of the campaign declares, he wants to see in reports which kinds of accounts the campaign reaches.',
      document: `
        mutation ($use: DeclareDataUseInput!) {
          declareDataUse(input: $use) { dataUse { id status declaredBy columns validUntil } } }`,
      variables: {
        use: {
          campaign: 'investing-retail',
          columns: ['holding'],
          source: 'marketing data mart',
          purpose: 'report which kinds of accounts the campaign reaches',
          legalBasis: 'legitimate interest in treating customers alike',
          validUntil: '2027-12-31',
        },
      },
      keep: { use: ({ declareDataUse }) => declareDataUse.dataUse.id },
      holds: { declareDataUse: { dataUse: { status: 'DECLARED', declaredBy: 'mark' } } },
    },
    {
      who: 'carla',
      at: '2026-10-29T13:00:00Z',
      why: 'She reads what was declared, and by whom.',
      document: `
        { dataUses(campaign: "investing-retail") {
            id status columns purpose declaredBy validUntil } }`,
      most: 2,
      keep: { uses: ({ dataUses }) => dataUses.map(({ id }: { id: string }) => id) },
      holds: { dataUses: Array.from({ length: 4 }, () => ({ status: 'DECLARED' })) },
    },
    {
      who: 'mark',
      why: 'Whoever declares does not sign: nobody but compliance may.',
      document: `
        mutation ($id: ID!) { signOffDataUse(input: { id: $id }) { dataUse { status } } }`,
      variables: { id: '‹use›' },
      refused: 'FORBIDDEN dataUse.decide',
    },
    {
      who: 'carla',
      why: 'She signs, with a note.',
      document: `
        mutation ($id: ID!) {
          signOffDataUse(input: { id: $id, note: "as in the assessment of 12 October" }) {
            dataUse { status signedBy signedAt columns } } }`,
      variables: { id: '‹uses›' },
      each: 'id',
      holds: { signOffDataUse: { dataUse: { status: 'SIGNED_OFF', signedBy: 'carla' } } },
    },
  ],
};

/** From a package to a model in production. */
export const MODEL: Chapter = {
  title: 'A model from outside',
  about:
    'A builder delivers a zip: the model, its card, a sample of what it learnt from. The bank judges it before it decides on anybody.',
  steps: [
    {
      command: null,
      why: 'The builder sends the package that ships, without the rows after the weeks on which it was trained.',
      happen: async (tour) => {
        const names = ['model.onnx', 'card.yaml', 'reference.csv', 'training.csv'];
        const files = names.map(async (name) => ({
          name,
          content: withoutLaterWeeks(name, await readFile(join(PACKAGE, name))),
        }));
        tour.keep('model.zip', Buffer.from(zipFile(await Promise.all(files))).toString('base64'));
        return undefined;
      },
    },
    {
      who: 'olga',
      why: 'She registers it. The answer comes at once, and the judging goes on by itself: `subscription { judgingProgress }` tells how far it is.',
      document: `
        mutation ($package: Base64!) {
          registerModel(input: { campaign: "investing-retail", package: $package }) {
            model { id name version status registeredBy judging { state } } } }`,
      variables: { package: '‹model.zip›' },
      keep: { model: ({ registerModel }) => registerModel.model.id },
      holds: { registerModel: { model: { status: 'REGISTERED', judging: { state: 'QUEUED' } } } },
    },
    {
      who: 'carla',
      at: '2026-10-30T09:00:00Z',
      why: 'Soon after it is judged. She reads what each gate measured. `cardPage` has it as a page, with figures, limits and what the builder says against the model.',
      document: `
        query ($id: ID!) {
          modelVersion(id: $id) {
            status trainedOn intendedUse gates { name verdict measured message } } }`,
      variables: { id: '‹model›' },
      most: 12,
      shows: ({ modelVersion: { gates, ...model } }) => ({
        modelVersion: {
          ...model,
          gates: gates.map(({ message, ...gate }: { message: string; verdict: string }) =>
            gate.verdict === 'PASS' ? gate : { ...gate, message },
          ),
        },
      }),
      keep: {
        warnings: ({ modelVersion }) =>
          modelVersion.gates.filter(hasWarned).map(({ name: gate }: { name: string }) => ({
            gate,
            reason:
              'For a mail that informs, and for thirteen weeks: then it is judged again on what came of them.',
          })),
      },
      holds: { modelVersion: { status: 'VALIDATED' } },
    },
    {
      who: 'olga',
      why: 'A model that nobody approved does not go live.',
      document: `
        mutation ($id: ID!) { activateModel(input: { modelId: $id }) { model { status } } }`,
      variables: { id: '‹model›' },
      refused: 'INVALID_STATE MODEL_STATUS',
    },
    {
      who: 'carla',
      why: 'She approves, and accepts in writing each gate that warned.',
      document: `
        mutation ($id: ID!, $warnings: [GateAcceptanceInput!]) {
          approveModel(input: { modelId: $id, acceptances: $warnings, note: "for one year" }) {
            model { status approvedBy gates { name verdict acceptance acceptedBy } } } }`,
      variables: { id: '‹model›', warnings: '‹warnings›' },
      shows: ({ approveModel: { model } }) => ({
        approveModel: { model: { ...model, gates: model.gates.filter(hasWarned) } },
      }),
      holds: {
        approveModel: {
          model: {
            status: 'APPROVED',
            approvedBy: 'carla',
            gates: expect.arrayContaining([expect.objectContaining({ acceptedBy: 'carla' })]),
          },
        },
      },
    },
    {
      who: 'olga',
      why: 'She puts it into production, from the next run on.',
      document: `
        mutation ($id: ID!) {
          activateModel(input: { modelId: $id }) {
            model { status liveFrom history { act by before after } } } }`,
      variables: { id: '‹model›' },
      most: 9,
      holds: {
        activateModel: {
          model: {
            status: 'LIVE',
            history: expect.arrayContaining([expect.objectContaining({ act: 'ACTIVATE', by: 'olga' })]),
          },
        },
      },
    },
  ],
};

/** The rows of the weeks on which it was trained, every third: enough for the gates, but for the one that asks how long it holds. */
function withoutLaterWeeks(name: string, content: Buffer): Buffer | string {
  if (name !== 'training.csv') return content;
  const [head, ...rows] = content.toString().trimEnd().split('\n');
  const kept = rows.filter((row, place) => place % 3 === 0 && row < LAST_TRAINED);
  return `${[head, ...kept].join('\n')}\n`;
}

function hasWarned({ verdict }: { readonly verdict: string }): boolean {
  return verdict === 'WARN';
}
