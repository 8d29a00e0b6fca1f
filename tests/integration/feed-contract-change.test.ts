import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContractColumn } from '../../src/domain/feed-contract.ts';
import { FeedContractRow } from '../../src/store/feed-contract.row.ts';
import { declareDataUse } from '../../src/use-cases/data-uses.ts';
import { type Caller, execute } from '../../src/use-cases/execute.ts';
import {
  approveFeedContractChange,
  proposeFeedContract,
  rejectFeedContractChange,
  withdrawFeedContractChange,
} from '../../src/use-cases/feed-contract-changes.ts';
import { reproduceRun } from '../../src/use-cases/reproduce-run.ts';
import { ApiService } from '../support/api-service.ts';
import { likelyScorer } from '../support/likely-scorer.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA, person, type ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';
import { faultOf, sequenceAll } from '../support/small-record.ts';

let service: ApiService;
let harness: ServiceHarness;
/** Of week 47. Each test goes on where the one before ended. */
const MONDAY = new Date('2026-11-16T09:00:00Z');

beforeAll(async () => {
  service = await ApiService.start({ scorer: likelyScorer });
  harness = service.harness;
  harness.now = MONDAY;
  await installSmall(harness);
});
afterAll(() => service?.stop());

const act = <I, R>(caller: Caller, command: Parameters<typeof execute<I, R>>[2], input: I) =>
  execute(harness.services, caller, command, input);
async function columns(number = 1): Promise<readonly ContractColumn[]> {
  const { manager } = harness.services.db;
  return (await manager.findOneByOrFail(FeedContractRow, { campaign: SMALL, number })).columns;
}
const without = async (name: string, of = 1) => (await columns(of)).filter((column) => column.name !== name);
const propose = (to: readonly ContractColumn[], caller = OLGA) =>
  act(caller, proposeFeedContract, { campaign: SMALL, columns: to, reason: 'the product stops' });
const deliverWeek = (week: string) =>
  deliver(harness, { week, customers: customers(12, (n) => ({ party_id: `${week}-c${n}` })) });

describe('a proposal', () => {
  it('is refused where it is no contract, changes nothing, or says no reason', async () => {
    const all = await columns();
    const forbidden: ContractColumn = { name: 'iban', type: 'text', category: 'feature' };
    await expect(propose([...all, forbidden])).rejects.toThrow(
      /forbidden data never gets in: account number/,
    );
    expect(await refusalOf(propose(await without('opt_in')))).toBe('BAD_INPUT FEED_CONTRACT');
    expect(await refusalOf(propose(all))).toBe('BAD_INPUT NO_DIFFERENCE');
    const silent = { campaign: SMALL, columns: await without('region'), reason: ' ' };
    expect(await refusalOf(act(OLGA, proposeFeedContract, silent))).toBe('BAD_INPUT NOTE');
    expect(await refusalOf(propose(await without('region'), CARLA))).toBe('FORBIDDEN feedContract.propose');
  });

  it('waits alone; it is rejected by another person, or withdrawn, with a note', async () => {
    const both = person('olga', 'OPERATOR', 'COMPLIANCE_REVIEWER');
    const { id } = await propose(await without('region'));
    expect(await refusalOf(propose(await without('deceased')))).toBe('CONFLICT OPEN_CHANGE');
    const decide = { id, note: 'no' };
    expect(await refusalOf(act(MARK, approveFeedContractChange, decide))).toBe(
      'FORBIDDEN feedContract.decide',
    );
    expect(await refusalOf(act(both, approveFeedContractChange, decide))).toBe('FOUR_EYES ANOTHER_PERSON');
    expect(await refusalOf(act(both, rejectFeedContractChange, decide))).toBe('FOUR_EYES ANOTHER_PERSON');
    expect(await refusalOf(act(CARLA, rejectFeedContractChange, { id, note: null }))).toBe('BAD_INPUT NOTE');
    expect((await act(CARLA, rejectFeedContractChange, decide)).status).toBe('REJECTED');
    expect(await refusalOf(act(CARLA, approveFeedContractChange, decide))).toBe(
      'INVALID_STATE CHANGE_STATUS',
    );
    expect(await refusalOf(act(OLGA, withdrawFeedContractChange, decide))).toBe(
      'INVALID_STATE CHANGE_STATUS',
    );
    const again = await propose(await without('region'));
    expect(
      await act(OLGA, withdrawFeedContractChange, { id: again.id, note: 'a typing error' }),
    ).toMatchObject({
      status: 'WITHDRAWN',
      withdrawnBy: 'olga',
    });
    expect(await harness.services.db.manager.countBy(FeedContractRow, { campaign: SMALL })).toBe(1);
  });

  it('that takes a column from the live model is not approved; what warns needs a note', async () => {
    const barred = await propose(await without('likely'));
    await expect(act(CARLA, approveFeedContractChange, { id: barred.id, note: 'fine' })).rejects.toThrow(
      /likely is no longer there as the live model likely 1 needs it/,
    );
    await act(OLGA, withdrawFeedContractChange, { id: barred.id, note: 'the model comes first' });
    const { id } = await propose(await without('deceased'));
    expect(await refusalOf(act(CARLA, approveFeedContractChange, { id, note: null }))).toBe('BAD_INPUT NOTE');
    await act(OLGA, withdrawFeedContractChange, { id, note: 'not yet' });
  });

  it('with a new column lets its data use be declared before it is approved', async () => {
    const income: ContractColumn = { name: 'income', type: 'number', category: 'feature' };
    const declare = () =>
      act(OLGA, declareDataUse, {
        campaign: SMALL,
        columns: ['income'],
        source: 'mart',
        purpose: 'p',
        legalBasis: 'l',
        validUntil: '2030-01-01',
      });
    expect(await refusalOf(declare())).toBe('BAD_INPUT COLUMNS');
    const { id } = await propose([...(await columns()), income]);
    expect((await declare()).columns).toEqual(['income']);
    await act(MARK, withdrawFeedContractChange, { id, note: 'later' });
  });
});

describe('an approved change', () => {
  it('judges the feeds of the next week; those of old weeks are judged by theirs, late or again', async () => {
    await deliverWeek('2026-W46');
    const first = await harness.run(SMALL, '2026-W46');
    expect(first).toMatchObject({ status: 'AWAITING_REVIEW', contract: 1 });
    const { id } = await propose(await without('region'));
    const naming = { id, note: 'as with NL91ABNA0417164300' };
    expect(await refusalOf(act(CARLA, approveFeedContractChange, naming))).toBe('BAD_INPUT NOTE');
    const approved = await act(CARLA, approveFeedContractChange, { id, note: null });
    expect(approved).toMatchObject({ status: 'APPROVED', contract: 2 });
    expect(await harness.services.db.manager.findOneByOrFail(FeedContractRow, { number: 2 })).toMatchObject({
      fromWeek: '2026-W48',
      effectiveFrom: new Date('2026-11-22T23:00:00Z'),
    });

    // The next week's feed still has the column: it is not the contract's any more.
    await sequenceAll(harness);
    harness.now = new Date('2026-11-30T09:00:00Z');
    await deliverWeek('2026-W48');
    const second = await harness.run(SMALL, '2026-W48');
    expect(second).toMatchObject({ status: 'HALTED', contract: 2 });
    const checks: unknown = await harness.services.db.query(
      `select name, subject from run_check where run_id = $1 and verdict = 'HALT'`,
      [second.id],
    );
    expect(checks).toEqual([{ name: 'FEED_SCHEMA', subject: 'region' }]);
    await deliver(harness, { week: '2026-W48', without: ['region'], customers: customers(12) });
    expect(await harness.run(SMALL, '2026-W48')).toMatchObject({
      status: 'AWAITING_REVIEW',
      contract: 2,
      attempt: 2,
    });

    // An old week that comes late, and one that is attempted again.
    await deliverWeek('2026-W47');
    expect(await harness.run(SMALL, '2026-W47')).toMatchObject({ status: 'AWAITING_REVIEW', contract: 1 });
    const reproduced = await act(CARLA, reproduceRun, { runId: first.id });
    expect(reproduced.verdict).toBe('IDENTICAL');
  });

  it('is withdrawn until its week begins, and its number is not given again', async () => {
    const before = await propose(await columns(1));
    await act(CARLA, approveFeedContractChange, { id: before.id, note: 'as it was' });
    const { id, contract } = await act(MARK, withdrawFeedContractChange, { id: before.id, note: 'not so' });
    expect(contract).toBe(3);
    const again = await propose(await without('address_bounced', 2));
    expect(again.base).toBe(2);
    const approved = await act(CARLA, approveFeedContractChange, { id: again.id, note: 'noted' });
    expect(approved.contract).toBe(4);
    await sequenceAll(harness);
    harness.now = new Date('2026-12-07T00:00:00Z');
    expect(await refusalOf(act(MARK, withdrawFeedContractChange, { id: again.id, note: 'x' }))).toBe(
      'INVALID_STATE EFFECTIVE',
    );
    expect(await refusalOf(act(MARK, withdrawFeedContractChange, { id, note: 'x' }))).toBe(
      'INVALID_STATE CHANGE_STATUS',
    );
  });
});

describe('the API', () => {
  it('has the contract of a week and of an instant, and who changed it', async () => {
    const of = async (which: string) =>
      (
        await service.get(
          'mark',
          `{ feedContract(campaign: "${SMALL}", ${which}) { number fromWeek columns { name } change { status decidedBy } } }`,
        )
      ).feedContract;
    expect(await of('week: "2026-W47"')).toMatchObject({ number: 1, fromWeek: null, change: null });
    expect(await of('at: "2026-11-22T22:59:59Z"')).toMatchObject({ number: 1 });
    expect(await of('at: "2026-11-22T23:00:00Z"')).toMatchObject({ number: 2, fromWeek: '2026-W48' });
    const next = await of('week: "2027-W10"');
    expect(next).toMatchObject({ number: 4, fromWeek: '2026-W50', change: { decidedBy: 'carla' } });
    expect(next.columns.map(({ name }: { name: string }) => name)).not.toContain('region');
    expect(
      await service.refusal(
        'mark',
        `{ feedContract(campaign: "${SMALL}", at: "2026-11-22T22:59:59Z", week: "2026-W47") { number } }`,
      ),
    ).toBe('BAD_INPUT WEEK');
  });

  it('proposes, shows what would change and do, and decides', async () => {
    await sequenceAll(harness);
    harness.now = new Date('2026-12-08T09:00:00Z');
    const current = (
      await service.get(
        'olga',
        `{ feedContract(campaign: "${SMALL}") { columns { name type category unit min max values label { nl en } } } }`,
      )
    ).feedContract.columns;
    const proposed = [
      ...current.map((column: { name: string }) =>
        column.name === 'age' ? { ...column, max: 110 } : column,
      ),
      { name: 'income', type: 'number', category: 'feature' },
    ];
    const what =
      'id status fromWeek contract base differences { column field before after } findings { rule column bars }';
    const { change } = (
      await service.get(
        'olga',
        `mutation ($columns: [ContractColumnInput!]!) { proposeFeedContract(input: { campaign: "${SMALL}", columns: $columns, reason: "incomes" }) { change { ${what} } } }`,
        { columns: proposed },
      )
    ).proposeFeedContract;
    expect(change).toMatchObject({
      status: 'PROPOSED',
      fromWeek: null,
      contract: null,
      base: 4,
      differences: [
        { column: 'age', field: 'max', before: '120', after: '110' },
        { column: 'income', field: 'column', before: null, after: 'number, feature' },
      ],
      findings: [
        { rule: 'VALUES', column: 'age', bars: false },
        { rule: 'NOT_COVERED', column: 'income', bars: false },
      ],
    });
    const approve = `mutation { approveFeedContractChange(input: { id: "${change.id}", note: "the model clips at 110" }) { change { ${what} } } }`;
    expect((await service.get('carla', approve)).approveFeedContractChange.change).toMatchObject({
      status: 'APPROVED',
      fromWeek: '2026-W51',
      contract: 5,
      findings: [],
    });
    const listed = async (status: string) =>
      (
        await service.get(
          'mark',
          `{ feedContractChanges(campaign: "${SMALL}", status: [${status}]) { totalCount nodes { reason proposedBy decidedBy note withdrawalNote status } } }`,
        )
      ).feedContractChanges;
    expect((await listed('APPROVED')).nodes).toMatchObject([{ reason: 'incomes', decidedBy: 'carla' }]);
    expect((await listed('EFFECTIVE')).totalCount).toBe(2);
    expect((await listed('WITHDRAWN')).nodes[0]).toMatchObject({
      withdrawalNote: 'not so',
      status: 'WITHDRAWN',
    });
    harness.now = new Date('2026-12-14T09:00:00Z');
    expect((await listed('EFFECTIVE')).totalCount).toBe(3);
  });
});

it('is all in the log', async () => {
  expect(await faultOf(harness)).toBeNull();
});
