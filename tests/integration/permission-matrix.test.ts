import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS, ROLES, type Role } from '../../src/domain/permissions.ts';
import { RESOLVERS } from '../../src/resolvers/api-schema.ts';
import { permissionsOf } from '../../src/resolvers/boot-check.ts';
import { ApiService } from '../support/api-service.ts';
import { expectGolden } from '../support/golden.ts';
import { installSmall, SMALL } from '../support/small-campaign.ts';

const MATRIX = permissionsOf(RESOLVERS);
const NOBODY = '00000000-0000-4000-8000-000000000000';
const id = `"${NOBODY}"`;
const may = (permission: (typeof MATRIX)[number]['permission'], role: Role) => {
  const roles: readonly Role[] = PERMISSIONS[permission];
  return roles.includes(role);
};

/** A call of every operation. What it is about does not exist, so that whoever may call it changes nothing. */
const CALLS: Readonly<Record<string, string>> = {
  'Query.viewer': '{ viewer { subject } }',
  'Query.campaigns': '{ campaigns { key } }',
  'Query.campaign': `{ campaign(key: "${SMALL}") { key } }`,
  'Query.run': `{ run(campaign: "${SMALL}", week: "2026-W01") { id } }`,
  'Query.runs': `{ runs(campaign: "${SMALL}") { totalCount } }`,
  'Query.batch': `{ batch(id: ${id}) { id } }`,
  'Query.batches': `{ batches(campaign: "${SMALL}") { totalCount } }`,
  'Query.decision': `{ decision(campaign: "${SMALL}", week: "2026-W01", customer: "c1") { outcome } }`,
  'Query.decisions': `{ decisions(campaign: "${SMALL}", week: "2026-W01") { totalCount } }`,
  'Query.customerHistory': '{ customerHistory(customer: "c1") { totalCount } }',
  'Query.explanation': `{ explanation(campaign: "${SMALL}", week: "2026-W01", customer: "c1", audience: CUSTOMER) { title } }`,
  'Query.modelVersion': `{ modelVersion(id: ${id}) { id } }`,
  'Query.modelVersions': `{ modelVersions(campaign: "${SMALL}") { totalCount } }`,
  'Query.liveModel': `{ liveModel(campaign: "${SMALL}") { id } }`,
  'Query.dataUses': `{ dataUses(campaign: "${SMALL}") { id } }`,
  'Query.dataUseRegister': `{ dataUseRegister(campaign: "${SMALL}") { at } }`,
  'Query.dataUseImpact': `{ dataUseImpact(id: ${id}) { columns } }`,
  'Query.config': `{ config(campaign: "${SMALL}") { id } }`,
  'Query.driftSeries': `{ driftSeries(campaign: "${SMALL}", from: "2026-W01", to: "2026-W02") { subject } }`,
  'Query.simulation': `{ simulation(campaign: "${SMALL}", from: "2026-W01", to: "2026-W02") { modelDigest } }`,
  'Query.previewConfigChange': `{ previewConfigChange(campaign: "${SMALL}", input: { threshold: 0.4 }) { warnings } }`,
  'Query.configChange': `{ configChange(id: ${id}) { id } }`,
  'Query.configChanges': `{ configChanges(campaign: "${SMALL}") { totalCount } }`,
  'Mutation.proposeConfigChange': `mutation { proposeConfigChange(input: { campaign: "none", patch: { threshold: 0.5 }, reason: "why" }) { change { id } } }`,
  'Mutation.amendConfigChange': `mutation { amendConfigChange(input: { id: ${id} }) { change { id } } }`,
  'Mutation.approveConfigChange': `mutation { approveConfigChange(input: { id: ${id} }) { change { id } } }`,
  'Mutation.rejectConfigChange': `mutation { rejectConfigChange(input: { id: ${id}, note: "why" }) { change { id } } }`,
  'Mutation.withdrawConfigChange': `mutation { withdrawConfigChange(input: { id: ${id} }) { change { id } } }`,
  'Query.incidents': '{ incidents { totalCount } }',
  'Query.reviewEvidence': `{ reviewEvidence(campaign: "${SMALL}", from: "2026-W01", to: "2026-W02") { reviewer } }`,
  'Query.auditEntries': '{ auditEntries { totalCount } }',
  'Query.auditCheckpoint': '{ auditCheckpoint { size } }',
  'Query.auditInclusion': '{ auditInclusion(index: 0, treeSize: 1) { path } }',
  'Query.auditConsistency': '{ auditConsistency(from: 1, to: 1) { path } }',
  'Mutation.startRun': 'mutation { startRun(input: { campaign: "none" }) { started } }',
  'Mutation.reproduceRun': `mutation { reproduceRun(input: { runId: ${id} }) { reproduction { id } } }`,
  'Mutation.resumeRun': `mutation { resumeRun(input: { runId: ${id} }) { run { id } } }`,
  'Mutation.reviewSample': `mutation { reviewSample(input: { batchId: ${id}, customer: "c1", verdict: FINE }) { batch { id } } }`,
  'Mutation.removeFromBatch': `mutation { removeFromBatch(input: { batchId: ${id}, customer: "c1", note: "n" }) { batch { id } } }`,
  'Mutation.submitBatch': `mutation { submitBatch(input: { batchId: ${id} }) { batch { id } } }`,
  'Mutation.approveBatch': `mutation { approveBatch(input: { batchId: ${id} }) { batch { id } } }`,
  'Mutation.rejectBatch': `mutation { rejectBatch(input: { batchId: ${id}, note: "n" }) { batch { id } } }`,
  'Mutation.holdBatch': `mutation { holdBatch(input: { batchId: ${id}, note: "n" }) { batch { id } } }`,
  'Mutation.liftHold': `mutation { liftHold(input: { batchId: ${id}, note: "n" }) { batch { id } } }`,
  'Mutation.releaseBatch': `mutation { releaseBatch(input: { batchId: ${id} }) { batch { id } } }`,
  'Mutation.pauseEngine':
    'mutation { pauseEngine(input: { campaign: "none", reason: "r" }) { campaign { key } } }',
  'Mutation.resumeEngine':
    'mutation { resumeEngine(input: { campaign: "none", reason: "r" }) { campaign { key } } }',
  'Mutation.createFallbackBatch':
    'mutation { createFallbackBatch(input: { campaign: "none", size: 1, note: "n" }) { batch { id } } }',
  'Mutation.pauseFlow':
    'mutation { pauseFlow(input: { campaign: "none", reason: "r" }) { campaign { key } } }',
  'Mutation.resumeFlow':
    'mutation { resumeFlow(input: { campaign: "none", reason: "r" }) { campaign { key } } }',
  'Mutation.pauseEverything': 'mutation { pauseEverything(input: { reason: "" }) { pause { scope } } }',
  'Mutation.resumeEverything': 'mutation { resumeEverything(input: { reason: "" }) { pause { scope } } }',
  'Query.enginePauses': '{ enginePauses { scope } }',
  'Mutation.requestErasure':
    'mutation { requestErasure(input: { customer: "nobody", reason: "r" }) { request } }',
  'Mutation.eraseCustomer':
    'mutation { eraseCustomer(input: { customer: "nobody", requestedBy: "cees", reason: "r" }) { erasedRows } }',
  'Mutation.registerModel':
    'mutation { registerModel(input: { campaign: "none", package: "AAAA" }) { model { id } } }',
  'Mutation.validateModel': `mutation { validateModel(input: { modelId: ${id} }) { model { id } } }`,
  'Mutation.approveModel': `mutation { approveModel(input: { modelId: ${id} }) { model { id } } }`,
  'Mutation.revokeModel': `mutation { revokeModel(input: { modelId: ${id}, note: "n" }) { model { id } } }`,
  'Mutation.setChallenger': `mutation { setChallenger(input: { modelId: ${id} }) { model { id } } }`,
  'Mutation.clearChallenger': `mutation { clearChallenger(input: { modelId: ${id}, note: "n" }) { model { id } } }`,
  'Mutation.activateModel': `mutation { activateModel(input: { modelId: ${id} }) { model { id } } }`,
  'Mutation.retireModel': `mutation { retireModel(input: { modelId: ${id}, note: "n" }) { model { id } } }`,
  'Mutation.declareDataUse':
    'mutation { declareDataUse(input: { campaign: "none", columns: ["a"], source: "s", purpose: "p", legalBasis: "l", validUntil: "2030-01-01" }) { dataUse { id } } }',
  'Mutation.signOffDataUse': `mutation { signOffDataUse(input: { id: ${id} }) { dataUse { id } } }`,
  'Query.feedContract': `{ feedContract(campaign: "${SMALL}") { number } }`,
  'Query.feedContractChange': `{ feedContractChange(id: ${id}) { id } }`,
  'Query.feedContractChanges': `{ feedContractChanges(campaign: "${SMALL}") { totalCount } }`,
  'Mutation.proposeFeedContract':
    'mutation { proposeFeedContract(input: { campaign: "none", columns: [], reason: "r" }) { change { id } } }',
  'Mutation.approveFeedContractChange': `mutation { approveFeedContractChange(input: { id: ${id} }) { change { id } } }`,
  'Mutation.rejectFeedContractChange': `mutation { rejectFeedContractChange(input: { id: ${id}, note: "n" }) { change { id } } }`,
  'Mutation.withdrawFeedContractChange': `mutation { withdrawFeedContractChange(input: { id: ${id}, note: "n" }) { change { id } } }`,
  'Mutation.refuseDataUse': `mutation { refuseDataUse(input: { id: ${id}, note: "n" }) { dataUse { id } } }`,
  'Mutation.withdrawDataUseDeclaration': `mutation { withdrawDataUseDeclaration(input: { id: ${id}, note: "n" }) { dataUse { id } } }`,
  'Mutation.withdrawDataUse': `mutation { withdrawDataUse(input: { id: ${id} }) { dataUse { id } } }`,
  'Mutation.resolveIncident': `mutation { resolveIncident(input: { incidentId: ${id}, note: "n" }) { incident { id } } }`,
  'Mutation.recordOptOut': 'mutation { recordOptOut(input: { customer: "a b", note: "n" }) { customer } }',
  'Mutation.addToQuietList':
    'mutation { addToQuietList(input: { campaign: "none", customer: "c1", until: "2030-01-01", reason: "r" }) { customer } }',
  'Subscription.judgingProgress': 'subscription { judgingProgress(campaign: "none") { step } }',
  'Subscription.simulationProgress': `subscription { simulationProgress(campaign: "${SMALL}", from: "2026-W01", to: "2026-W02") { done } }`,
  'Subscription.runProgress': 'subscription { runProgress(campaign: "none") { step } }',
};

let service: ApiService;
beforeAll(async () => {
  service = await ApiService.start();
  await installSmall(service.harness);
  await service.sequence();
});
afterAll(() => service?.stop());

/** The code with which an operation is refused to these roles, undefined when it is answered. */
async function codeFor(operation: string, roles: readonly Role[] | null): Promise<string | undefined> {
  const query = CALLS[operation] ?? '';
  const token =
    roles === null
      ? null
      : await service.tokens.issue({ subject: `a-${roles.join()}`, name: null, roles, hours: 1 });
  if (operation.startsWith('Subscription.')) return service.subscriptionRefusal(token, query);
  return (await service.askWith(token, query)).errors?.[0]?.extensions.code;
}

describe('who may do what', () => {
  it('is what the golden matrix says', async () => {
    const width = Math.max(...MATRIX.map(({ operation }) => operation.length));
    const word = Math.max(...MATRIX.map(({ permission }) => permission.length));
    const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    const lines = [
      row(['operation'.padEnd(width), 'permission'.padEnd(word), ...ROLES]),
      row(['-'.repeat(width), '-'.repeat(word), ...ROLES.map(({ length }) => '-'.repeat(length))]),
      ...MATRIX.map(({ operation, permission }) =>
        row([
          operation.padEnd(width),
          permission.padEnd(word),
          ...ROLES.map((role) => (may(permission, role) ? '✓' : '–').padEnd(role.length)),
        ]),
      ),
    ];
    await expectGolden(`${lines.join('\n')}\n`, join(import.meta.dirname, '../golden/permission-matrix.md'));
  });

  it('is tried call by call', () => {
    expect(Object.keys(CALLS).toSorted()).toEqual(MATRIX.map(({ operation }) => operation));
  });

  describe.each(ROLES)('%s', (role) => {
    it.each(MATRIX.map(({ operation, permission }) => [operation, permission] as const))(
      '%s',
      async (operation, permission) => {
        const before = (await service.entries()).length;
        const code = await codeFor(operation, [role]);
        if (may(permission, role)) {
          expect(['FORBIDDEN', 'UNAUTHENTICATED', 'INTERNAL']).not.toContain(code);
          return;
        }
        expect(code).toBe('FORBIDDEN');
        const entries = (await service.entries()).slice(before);
        expect(entries).toHaveLength(1);
        expect(entries[0]).toMatchObject({
          actor: `a-${role}`,
          role: null,
          refusal: { code: 'FORBIDDEN', rule: permission },
        });
      },
    );
  });

  it.each(MATRIX.map(({ operation }) => operation))('%s is for nobody without a token', async (operation) => {
    expect(await codeFor(operation, null)).toBe('UNAUTHENTICATED');
  });

  it.each(MATRIX.map(({ operation }) => operation))('%s is for nobody without a role', async (operation) => {
    expect(await codeFor(operation, [])).toBe('FORBIDDEN');
  });
});
