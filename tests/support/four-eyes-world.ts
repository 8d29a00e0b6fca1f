import { PERMISSIONS, type Permission, type Role } from '../../src/domain/permissions.ts';
import { RefusalError } from '../../src/domain/refusal.ts';
import { addWeeks, type IsoWeek } from '../../src/domain/week.ts';
import { BatchRow } from '../../src/store/batch.row.ts';
import { campaignOf } from '../../src/store/campaign.store.ts';
import { ConfigChangeRow } from '../../src/store/config-change.row.ts';
import { DataUseRow } from '../../src/store/data-use.row.ts';
import { FeedContractRow } from '../../src/store/feed-contract.row.ts';
import { FeedContractChangeRow } from '../../src/store/feed-contract-change.row.ts';
import { ModelVersionRow } from '../../src/store/model-version.row.ts';
import { SampleItemRow } from '../../src/store/sample-item.row.ts';
import { declareDataUse, signOffDataUse, withdrawDataUse } from '../../src/use-cases/data-uses.ts';
import { approveBatch, holdBatch, liftHold } from '../../src/use-cases/decide-batch.ts';
import { approveConfigChange, withdrawConfigChange } from '../../src/use-cases/decide-config-change.ts';
import { pauseEngine, resumeEngine } from '../../src/use-cases/engine.ts';
import { eraseCustomer, requestErasure } from '../../src/use-cases/erase-customer.ts';
import { type Caller, type Command, execute } from '../../src/use-cases/execute.ts';
import { approveFeedContractChange, proposeFeedContract } from '../../src/use-cases/feed-contract-changes.ts';
import { activateModel, approveModel, revokeModel } from '../../src/use-cases/model-lifecycle.ts';
import { amendConfigChange, proposeConfigChange } from '../../src/use-cases/propose-config-change.ts';
import { releaseBatch } from '../../src/use-cases/release-batch.ts';
import { removeFromBatch, reviewSample } from '../../src/use-cases/review-batch.ts';
import { submitBatch } from '../../src/use-cases/submit-batch.ts';
import { likelyScorer } from './likely-scorer.ts';
import { registerJudged } from './registered-model.ts';
import { OLGA, ServiceHarness } from './service-harness.ts';
import { customers, deliver, installSmall, SMALL } from './small-campaign.ts';
import { smallPackage } from './small-models.ts';

/** An act that was done: by whom, with the roles that they had at that moment, and about what. */
export interface Done {
  readonly act: ActName;
  readonly by: string;
  readonly roles: readonly Role[];
  readonly subject: string;
}

const NEVER = new AbortController().signal;
const NOTE = 'as it should be';

/** Each act of the people of a story: the permission that it asks for, and how it is tried on what the story is about. */
const ACTS = {
  review: ['batch.review', (world, who) => world.reviewAll(who)],
  remove: [
    'batch.remove',
    (world, who) =>
      world.run(who, removeFromBatch, { batchId: world.batch, customer: world.customer(2), note: NOTE }),
  ],
  submit: ['batch.submit', (world, who) => world.run(who, submitBatch, { batchId: world.batch })],
  approve: ['batch.approve', (world, who) => world.run(who, approveBatch, { batchId: world.batch })],
  hold: ['batch.hold', (world, who) => world.run(who, holdBatch, { batchId: world.batch, note: NOTE })],
  lift: ['batch.hold', (world, who) => world.run(who, liftHold, { batchId: world.batch, note: NOTE })],
  release: ['batch.release', (world, who) => world.run(who, releaseBatch, { batchId: world.batch })],
  propose: ['config.propose', (world, who) => world.propose(who)],
  amend: [
    'config.propose',
    (world, who) => {
      const patch = { holdoutShare: 0, capacity: 500 + world.turn };
      const wanted = { id: world.change, patch, reason: null, acceptsEvaluationLoss: true };
      return amendConfigChange(world.harness.services, who, wanted, NEVER);
    },
  ],
  approveConfig: [
    'config.approve',
    (world, who) => world.run(who, approveConfigChange, { id: world.change, note: null, digest: null }),
  ],
  withdrawConfig: [
    'config.propose',
    (world, who) => world.run(who, withdrawConfigChange, { id: world.change, note: null }),
  ],
  register: ['model.register', (world, who) => world.register(who)],
  approveModel: ['model.approve', (world, who) => world.approveModel(who)],
  revoke: ['model.revoke', (world, who) => world.run(who, revokeModel, { modelId: world.model, note: NOTE })],
  activate: ['model.activate', (world, who) => world.run(who, activateModel, { modelId: world.model })],
  declare: ['dataUse.declare', (world, who) => world.declare(who)],
  signOff: ['dataUse.decide', (world, who) => world.run(who, signOffDataUse, { id: world.use, note: NOTE })],
  withdrawUse: [
    'dataUse.decide',
    (world, who) => world.run(who, withdrawDataUse, { id: world.use, note: NOTE }),
  ],
  proposeContract: ['feedContract.propose', (world, who) => world.proposeContract(who)],
  approveContract: [
    'feedContract.decide',
    (world, who) => world.run(who, approveFeedContractChange, { id: world.contract, note: NOTE }),
  ],
  requestErasure: [
    'customer.requestErasure',
    (world, who) => world.run(who, requestErasure, { customer: world.erased, reason: NOTE }),
  ],
  erase: ['customer.erase', (world, who) => world.erase(who)],
  pause: ['engine.pause', (world, who) => world.run(who, pauseEngine, { campaign: SMALL, reason: NOTE })],
  resume: ['engine.resume', (world, who) => world.run(who, resumeEngine, { campaign: SMALL, reason: NOTE })],
} as const satisfies Record<
  string,
  readonly [Permission, (world: FourEyesWorld, who: Caller) => Promise<unknown>]
>;
export type ActName = keyof typeof ACTS;
export const ACT_NAMES = Object.keys(ACTS) as readonly ActName[];

export const permissionOf = (act: ActName): Permission => ACTS[act][0];

/** Whether one of some roles permits an act. */
export function permits(roles: readonly Role[], act: ActName): boolean {
  const permitted: readonly Role[] = PERMISSIONS[permissionOf(act)];
  return roles.some((role) => permitted.includes(role));
}

/** The real use cases on a real database: in each story a batch, a change, a model, a data use and a customer to erase. */
export class FourEyesWorld {
  batch = '';
  change = '';
  model = '';
  use = '';
  contract = '';
  turn = 0;
  readonly #done: Done[] = [];
  #week: IsoWeek = '2025-W01';

  private constructor(readonly harness: ServiceHarness) {}

  static async start(): Promise<FourEyesWorld> {
    const harness = await ServiceHarness.start({ scorer: likelyScorer });
    await installSmall(harness, { capacity: 20, explorationSize: 4, sampleSize: 4, restWeeks: 0 });
    return new FourEyesWorld(harness);
  }

  /** Everything that was done so far, in its order. */
  get done(): readonly Done[] {
    return this.#done;
  }

  /** A customer of the story's week. */
  customer(n: number): string {
    return `${this.#week}-c${n}`;
  }

  /** Who is to be erased: on record, and in no batch. */
  get erased(): string {
    return this.customer(30);
  }

  /** The next story: a batch in review, and nothing else yet. */
  async begin(): Promise<void> {
    this.#week = addWeeks(this.#week, 1);
    [this.change, this.model, this.use, this.contract] = ['', '', '', ''];
    const rows = customers(30, (n) => ({
      party_id: this.customer(n),
      likely: n < 12 ? 0.9 : 0.1,
      opt_in: n < 20,
    }));
    await deliver(this.harness, { week: this.#week, customers: rows });
    await this.#makeReady();
    const run = await this.harness.run(SMALL, this.#week);
    this.batch = (await this.harness.batchOf(run)).id;
  }

  /** Whatever the story before left: an engine that runs, and a model that is live. */
  async #makeReady(): Promise<void> {
    const { manager } = this.harness.services.db;
    const { paused } = await campaignOf(manager, SMALL);
    if (paused) await this.run(OLGA, resumeEngine, { campaign: SMALL, reason: NOTE });
    const models = await manager.findBy(ModelVersionRow, { campaign: SMALL });
    const first = models.find(({ version }) => version === '1');
    if (first !== undefined && models.every(({ status }) => status !== 'LIVE'))
      await this.run(OLGA, activateModel, { modelId: first.id });
  }

  /** Tries an act; the refusal where it was refused, which must be one by the rules. */
  async attempt(act: ActName, by: string, roles: readonly Role[]): Promise<string | null> {
    this.turn += 1;
    this.harness.now = new Date(this.harness.now.getTime() + 1000);
    const who: Caller = { actor: { subject: by, name: null, roles }, requestId: null };
    try {
      await ACTS[act][1](this, who);
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      return `${error.refusal.code} ${error.refusal.rule}`;
    }
    this.#done.push({ act, by, roles, subject: this.#subjectOf(act) });
    return null;
  }

  #subjectOf(act: ActName): string {
    const permission = permissionOf(act);
    if (permission.startsWith('batch.')) return this.batch;
    if (permission.startsWith('config.')) return this.change;
    if (permission.startsWith('model.')) return this.model;
    if (permission.startsWith('dataUse.')) return this.use;
    if (permission.startsWith('feedContract.')) return this.contract;
    return permission.startsWith('customer.') ? this.erased : SMALL;
  }

  run<I>(who: Caller, command: Command<I, unknown>, input: I): Promise<unknown> {
    return execute(this.harness.services, who, command, input);
  }

  async reviewAll(who: Caller): Promise<void> {
    const { manager } = this.harness.services.db;
    for (const { customer } of await manager.findBy(SampleItemRow, { batchId: this.batch }))
      await this.run(who, reviewSample, { batchId: this.batch, customer, verdict: 'FINE', note: null });
  }

  async propose(who: Caller): Promise<void> {
    const patch = this.turn % 2 === 0 ? { capacity: 20 + this.turn } : { explorationSize: 4 + this.turn };
    const wish = { campaign: SMALL, patch, reason: NOTE, acceptsEvaluationLoss: true };
    this.change = (await proposeConfigChange(this.harness.services, who, wish, NEVER)).id;
  }

  async register(who: Caller): Promise<void> {
    const delivered = await smallPackage(this.harness, `${this.turn}`);
    this.model = (await registerJudged(this.harness.services, who, delivered)).id;
  }

  async approveModel(who: Caller): Promise<void> {
    const found = await this.harness.services.db.manager.findBy(ModelVersionRow, { campaign: SMALL });
    const gates = found.find(({ id }) => id === this.model)?.gates ?? [];
    const acceptances = gates.map(({ name }) => ({ gate: name, reason: NOTE }));
    await this.run(who, approveModel, { modelId: this.model, acceptances, note: null });
  }

  async declare(who: Caller): Promise<void> {
    const declared = { columns: ['age'], source: 'mart', purpose: 'p', legalBasis: 'consent' };
    const use = await execute(this.harness.services, who, declareDataUse, {
      campaign: SMALL,
      ...declared,
      validUntil: '2035-12-31',
    });
    this.use = use.id;
  }

  /** Another bound for one column: what is delivered fits both. */
  async proposeContract(who: Caller): Promise<void> {
    const { manager } = this.harness.services.db;
    const [newest] = await manager.find(FeedContractRow, {
      where: { campaign: SMALL },
      order: { number: 'DESC' },
    });
    const columns = (newest?.columns ?? []).map((column) =>
      column.name === 'age' ? { ...column, max: 121 + this.turn } : column,
    );
    const input = { campaign: SMALL, columns, reason: NOTE };
    this.contract = (await execute(this.harness.services, who, proposeFeedContract, input)).id;
  }

  async erase(who: Caller): Promise<void> {
    const asked = this.#done.findLast(
      ({ act, subject }) => act === 'requestErasure' && subject === this.erased,
    );
    const input = { customer: this.erased, requestedBy: asked?.by ?? who.actor.subject, reason: NOTE };
    await this.run(who, eraseCustomer, input);
  }

  /** What people's decisions made of the world so far, as the database has it. */
  async outcomes() {
    const { manager } = this.harness.services.db;
    return {
      batches: await manager.findBy(BatchRow, { status: 'RELEASED' }),
      changes: await manager.findBy(ConfigChangeRow, { status: 'EFFECTIVE' }),
      models: (await manager.findBy(ModelVersionRow, {})).filter(
        ({ liveFrom, version }) => liveFrom !== null && version !== '1',
      ),
      uses: (await manager.findBy(DataUseRow, {})).filter(({ signedBy }) => signedBy !== null),
      contracts: await manager.findBy(FeedContractChangeRow, { status: 'APPROVED' }),
      erasures: await this.harness.services.db.query(
        'select id, erased_by as "erasedBy", requested_by as "requestedBy" from erasure where requested_by is not null',
      ),
    };
  }
}
