import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderFeedSource } from '../../src/adapters/feed/folder-feed-source.ts';
import { OutboxMailTool } from '../../src/adapters/mail/outbox-mail-tool.ts';
import { readCampaign } from '../../src/adapters/package/campaign-file.ts';
import { FileModelPackageReader } from '../../src/adapters/package/model-package-reader.ts';
import { OnnxScorer } from '../../src/adapters/scorer/onnx-scorer.ts';
import { systemIds, systemRandomness } from '../../src/adapters/system/system-ports.ts';
import { htmlPages } from '../../src/adapters/texts/html-pages.ts';
import { signNote } from '../../src/audit/signed-note.ts';
import { tombstonesOf } from '../../src/audit/tombstone.ts';
import type { CampaignDefinition } from '../../src/domain/campaign.ts';
import { Pace } from '../../src/domain/pace.ts';
import type { Role } from '../../src/domain/permissions.ts';
import type { Period, Retention } from '../../src/domain/retention.ts';
import type { IsoWeek } from '../../src/domain/week.ts';
import { BatchRow } from '../../src/store/batch.row.ts';
import { serviceDataSource } from '../../src/store/data-source.ts';
import { DataUseRow } from '../../src/store/data-use.row.ts';
import { ENTITIES } from '../../src/store/entities.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { SampleItemRow } from '../../src/store/sample-item.row.ts';
import { applyCampaign } from '../../src/use-cases/apply-campaign.ts';
import { signOffDataUse } from '../../src/use-cases/data-uses.ts';
import { approveBatch } from '../../src/use-cases/decide-batch.ts';
import { type Caller, execute } from '../../src/use-cases/execute.ts';
import { handOffReleased } from '../../src/use-cases/hand-off.ts';
import { activateModel, approveModel } from '../../src/use-cases/model-lifecycle.ts';
import { releaseBatch } from '../../src/use-cases/release-batch.ts';
import { reviewSample } from '../../src/use-cases/review-batch.ts';
import { runWeek } from '../../src/use-cases/run-week.ts';
import type { Services } from '../../src/use-cases/services.ts';
import { startRun } from '../../src/use-cases/start-run.ts';
import { submitBatch } from '../../src/use-cases/submit-batch.ts';
import { LOG } from './audit-log.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { explanationTexts } from './explanation-texts.ts';
import { registerJudged } from './registered-model.ts';

/** Where the reference material of the design lies, beside the project; tests that need it skip where it is absent. */
export const SHARED = join(import.meta.dirname, '../../../shared');
export const sharedIsThere = existsSync(SHARED);

const KEPT: Period = { text: 'P5Y', months: 60, days: 0 };
const FIVE_YEARS: Retention = { snapshots: KEPT, decisions: KEPT, batches: KEPT, contacts: KEPT };

export const person = (subject: string, ...roles: Role[]): Caller => ({
  actor: { subject, name: null, roles },
  requestId: null,
});
export const OLGA = person('olga', 'OPERATOR');
export const MARK = person('mark', 'MARKETEER');
export const CARLA = person('carla', 'COMPLIANCE_REVIEWER');

/** The service on a database and folders of a test's own, with a clock that the test sets. */
export class ServiceHarness {
  now = new Date('2026-11-16T09:00:00Z');
  readonly told: { subject: string; text: string }[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly folder: string,
    readonly services: Services,
  ) {}

  /** @param made a database that is there already; an empty one of this release when left out */
  static async start(changes: Partial<Services> = {}, made?: TestDatabase): Promise<ServiceHarness> {
    const database = made ?? (await createTestDatabase());
    const folder = await mkdtemp(join(tmpdir(), 'waarom-'));
    const db = await serviceDataSource(database.databaseUrl, ENTITIES).initialize();
    const harness: ServiceHarness = new ServiceHarness(database, folder, {
      db,
      clock: { now: () => harness.now },
      ids: systemIds,
      randomness: systemRandomness,
      feeds: new FolderFeedSource(join(folder, 'inbox')),
      scorer: new OnnxScorer(),
      packages: new FileModelPackageReader(),
      mailTool: new OutboxMailTool(join(folder, 'outbox')),
      pages: htmlPages,
      phrases: await explanationTexts(),
      notifier: { notify: async (message) => void harness.told.push(message) },
      progress: () => {},
      judging: () => {},
      auditExport: null,
      sign: (text) => signNote(text, [LOG.signer]),
      tombstoneOf: tombstonesOf(LOG.signer),
      retention: FIVE_YEARS,
      reading: { purposeRequired: false, pace: new Pace(1000), alarmAt: 100 },
      engine: { version: 'test', commit: null },
      ...changes,
    });
    return harness;
  }

  async stop(): Promise<void> {
    await this.services.db.destroy();
    await this.database.drop();
    await rm(this.folder, { recursive: true });
  }

  /** Applies a campaign, signs its data uses off, and puts a model package into production. */
  async install(
    campaignFolder: string,
    modelFolder: string,
    change = (d: CampaignDefinition) => d,
  ): Promise<string> {
    const definition = change(readCampaign(await readFile(join(campaignFolder, 'campaign.yaml'), 'utf8')));
    await execute(this.services, OLGA, applyCampaign, definition);
    for (const { id } of await this.services.db.manager.findBy(DataUseRow, { campaign: definition.key })) {
      await execute(this.services, CARLA, signOffDataUse, { id, note: 'fine' });
    }
    const model = await registerJudged(this.services, OLGA, {
      campaign: definition.key,
      read: () => this.services.packages.fromFolder(modelFolder),
    });
    const acceptances = model.gates.map(({ name }) => ({ gate: name, reason: 'judged acceptable' }));
    await execute(this.services, CARLA, approveModel, { modelId: model.id, acceptances, note: null });
    await execute(this.services, OLGA, activateModel, { modelId: model.id });
    return definition.key;
  }

  async run(campaign: string, week: IsoWeek): Promise<RunRow> {
    const { run } = await execute(this.services, OLGA, startRun, { campaign, week, trigger: 'MANUAL' });
    return runWeek(this.services, run.id);
  }

  async batchOf(run: RunRow): Promise<BatchRow> {
    return this.services.db.manager.findOneByOrFail(BatchRow, { runId: run.id });
  }

  /** Finds all of a batch's sample fine and submits it. */
  async submit(run: RunRow): Promise<string> {
    const { id: batchId } = await this.batchOf(run);
    for (const { customer } of await this.services.db.manager.findBy(SampleItemRow, { batchId })) {
      await execute(this.services, OLGA, reviewSample, { batchId, customer, verdict: 'FINE', note: null });
    }
    await execute(this.services, OLGA, submitBatch, { batchId });
    return batchId;
  }

  /** Reviews, submits and approves a run's batch, as two people. */
  async approve(run: RunRow): Promise<string> {
    const batchId = await this.submit(run);
    await execute(this.services, MARK, approveBatch, { batchId });
    return batchId;
  }

  /** Reviews, submits, approves and releases a run's batch, as two people, and hands it over. */
  async release(run: RunRow): Promise<string> {
    const batchId = await this.approve(run);
    await execute(this.services, OLGA, releaseBatch, { batchId });
    await handOffReleased(this.services);
    return batchId;
  }
}
