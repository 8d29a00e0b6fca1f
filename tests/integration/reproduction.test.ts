import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSignedBy, parseNote } from '../../src/audit/signed-note.ts';
import { reproducePast } from '../../src/jobs/reproduce-past.job.ts';
import type { ReproductionRow } from '../../src/store/reproduction.row.ts';
import type { RunRow } from '../../src/store/run.row.ts';
import { partitionOf } from '../../src/store/snapshot.store.ts';
import { eraseCustomer, requestErasure } from '../../src/use-cases/erase-customer.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { reproduceRun } from '../../src/use-cases/reproduce-run.ts';
import { auditEntries } from '../support/audit-entries.ts';
import { LOG } from '../support/audit-log.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA, ServiceHarness } from '../support/service-harness.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';
import { tamper } from '../support/state-change.ts';

const WEEK = '2026-W46';
const SIZE = 300;

let harness: ServiceHarness;
let owner: pg.Client;
let run: RunRow;

beforeAll(async () => {
  harness = await ServiceHarness.start();
  owner = new pg.Client({ connectionString: harness.database.ownerUrl });
  await owner.connect();
  await installSmall(harness, { capacity: 40, holdoutShare: 0.2, explorationSize: 15 });
  // Many equal scores, so that ranks are drawn; some are below the threshold, some may not be mailed.
  const rows = customers(SIZE, (n) => ({ likely: (n % 7) / 7, opt_in: n % 5 !== 0 }));
  await deliver(harness, { week: WEEK, customers: rows });
  run = await harness.run(SMALL, WEEK);
});

afterAll(async () => {
  await owner.end();
  await harness.stop();
});

const reproduced = () => execute(harness.services, OLGA, reproduceRun, { runId: run.id });

/** What a reproduction says of a record that was changed behind the service's back; the record is as it was afterwards. */
async function reproducedAfter(table: string, change: string, undo: string): Promise<ReproductionRow> {
  await tamper(owner, table, change);
  const found = await reproduced();
  await tamper(owner, table, undo);
  return found;
}

describe('reproducing a run', () => {
  it('comes to the same decisions, to the last bit', async () => {
    expect(await reproduced()).toMatchObject({
      verdict: 'IDENTICAL',
      compared: SIZE,
      differing: 0,
      erased: 0,
      recordedRoot: run.decisionRoot,
      decisionRoot: run.decisionRoot,
      faults: [],
      environment: [],
      differences: [],
    });
  });

  it('does so whatever was configured since', async () => {
    const definition = (days: string) =>
      `update campaign set definition = jsonb_set(definition, '{flowDays}', '${days}')`;
    expect(await reproducedAfter('campaign', definition('[0, 90]'), definition('[0, 7, 14]'))).toMatchObject({
      verdict: 'IDENTICAL',
    });
  });

  it('signs what a person can read', async () => {
    const { certificate } = await reproduced();
    const note = parseNote(certificate);
    if (note === undefined) throw new Error('the certificate is no signed note');
    expect(isSignedBy(note, LOG.signer.verifier)).toBe(true);
    expect(note.text).toContain(`${SMALL}, week ${WEEK}, attempt 1: IDENTICAL`);
    expect(note.text).toContain(`${SIZE} compared, 0 differ`);
  });

  it('is on the log', async () => {
    const { id } = await reproduced();
    const entries = await auditEntries(harness.services.db);
    expect(entries.filter(({ action }) => action === 'run.reproduce').at(-1)).toMatchObject({
      actor: 'olga',
      subject: run.id,
      details: { reproduction: id, verdict: 'IDENTICAL', decisionRoot: run.decisionRoot },
    });
  });

  const flip = 'set_byte(bytes, length(bytes) - 1, get_byte(bytes, length(bytes) - 1) # 1)';
  const flipped = `update model_file set bytes = ${flip} where digest = (select model_digest from model_version)`;
  const check = 'alter table model_file drop constraint if exists model_file_check';
  const referenced = `update model_file set bytes = ${flip} where digest =
    (select digest from model_version_file where name = 'reference.csv')`;
  const priced = (change: string) =>
    `update fund_price set price = price ${change} where date = '2026-11-10'`;
  const learned = (label: string) =>
    `update model_version set card = jsonb_set(card, '{features,0,label,en}', '"${label}"')`;
  const seeded = 'update run set seed = reverse(seed)';
  const frozen = 'update {snapshot} set quiet = not quiet where row_no = 7';
  const decided = (change: string) => `update {decision} set score = score ${change} where rank = 7`;

  it.each([
    ['a frozen row', 'the snapshot', '{snapshot}', frozen, frozen],
    [
      'a setting',
      'the configuration',
      'config_version',
      `update config_version set settings = jsonb_set(settings, '{threshold}', '0.4')`,
      `update config_version set settings = jsonb_set(settings, '{threshold}', '0.5')`,
    ],
    ['a byte of the model', 'the model', 'model_file', `${check}; ${flipped}`, flipped],
    [
      'the reference sample',
      "the model's reference sample",
      'model_file',
      `${check}; ${referenced}`,
      referenced,
    ],
    ['the card', "what was read in the model's card", 'model_version', learned('fate'), learned('chance')],
    ['a fund price', 'the list of fund prices', 'fund_price', priced('+ 0.01'), priced('- 0.01')],
    ["the run's seed", "the run's row", 'run', seeded, seeded],
    [
      'the manifest',
      'the manifest',
      'run',
      `update run set manifest = jsonb_set(manifest, '{actor}', '"nobody"')`,
      `update run set manifest = jsonb_set(manifest, '{actor}', '"olga"')`,
    ],
    ['a decision', 'decision row', '{decision}', decided('+ 0.25'), decided('- 0.25')],
  ])('names what was changed: %s', async (_, part, table, change, undo) => {
    const named = (text: string) =>
      text
        .replace('{snapshot}', partitionOf('snapshot_row', run.id))
        .replace('{decision}', partitionOf('decision', run.id));
    const { verdict, faults } = await reproducedAfter(named(table), named(change), named(undo));
    expect(verdict).toBe('BROKEN_RECORD');
    expect(faults).toEqual([expect.stringMatching(`^${part}.* is not the one that was recorded$`)]);
    expect(await reproduced()).toMatchObject({ verdict: 'IDENTICAL' });
  });

  it.each(['asc', 'desc'])(
    'names the decision that stands twice, its copy before or after it (%s)',
    async (order) => {
      const table = partitionOf('decision', run.id);
      const row = 'where row_no = 7';
      const { verdict, faults } = await reproducedAfter(
        table,
        `with one as (delete from ${table} ${row} returning *) insert into ${table}
       select run_id, row_no, name, salt, outcome, arm, reasons, score, rank
       from one, (select customer from one union all values ('x')) as two (name) order by name ${order}`,
        `delete from ${table} ${row} and customer = 'x'`,
      );
      expect({ verdict, faults }).toEqual({
        verdict: 'BROKEN_RECORD',
        faults: ['decision row 7 stands twice'],
      });
      expect(await reproduced()).toMatchObject({ verdict: 'IDENTICAL' });
    },
  );

  it('names a decision that holds a code that means nothing', async () => {
    const table = partitionOf('decision', run.id);
    const coded = (change: string) => `update ${table} set outcome = outcome ${change} where row_no = 7`;
    const { verdict, faults } = await reproducedAfter(table, coded('+ 90'), coded('- 90'));
    expect(verdict).toBe('BROKEN_RECORD');
    expect(faults).toEqual(['decision row 7 is not the one that was recorded']);
  });

  it.each([
    ['again', 7],
    ['after the last', SIZE],
  ])('sees that a frozen row is there %s', async (_, number) => {
    const table = partitionOf('snapshot_row', run.id);
    const { verdict, faults } = await reproducedAfter(
      table,
      `insert into ${table} select run_id, ${number}, customer, salt, numbers, texts, quiet, opted_out, flow_starts, mails
       from ${table} where row_no = 7`,
      `delete from ${table} where ctid = (select max(ctid) from ${table} where row_no = ${number})`,
    );
    expect(verdict).toBe('BROKEN_RECORD');
    expect(faults).toEqual(['the snapshot is not the one that was recorded']);
  });

  it('names what is gone', async () => {
    const lost = (from: string, to: string) =>
      `alter table model_version_file drop constraint if exists model_version_file_name_check;
       update model_version_file set name = '${to}' where name = '${from}'`;
    const { verdict, faults, compared } = await reproducedAfter(
      'model_version_file',
      lost('model.onnx', 'lost'),
      lost('lost', 'model.onnx'),
    );
    expect({ verdict, faults, compared }).toEqual({
      verdict: 'BROKEN_RECORD',
      faults: ['the model is missing'],
      compared: 0,
    });
  });

  it('opens an incident where the record is broken', async () => {
    const incidents: unknown = await harness.services.db.query(`select distinct kind, run_id from incident`);
    expect(incidents).toEqual([{ kind: 'RECORD_BROKEN', run_id: run.id }]);
  });

  it('is done with a week drawn at random, once in seven days however many draw', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => reproducePast(harness.services)));
    expect(answers.flat()).toEqual([`${SMALL}: IDENTICAL`]);
    expect(await reproducePast(harness.services)).toEqual([]);
    harness.now = new Date(harness.now.getTime() + 8 * 24 * 3600_000);
    expect(await reproducePast(harness.services)).toEqual([`${SMALL}: IDENTICAL`]);
  });

  it('stays provable for the rest when customers are erased', async () => {
    const { services } = harness;
    const batchId = await harness.release(run);
    const [mailed]: { customer: string }[] = await services.db.query(
      'select customer from recipient where batch_id = $1 order by score desc limit 1',
      [batchId],
    );
    const arms: { customer: string }[] = await services.db.query(
      `select distinct on (outcome, arm) customer from ${partitionOf('decision', run.id)} order by outcome, arm, row_no`,
    );
    const gone = [...new Set([mailed, ...arms].map((found) => found?.customer ?? ''))];
    const reason = 'asked to be forgotten';
    for (const customer of gone) {
      await execute(services, OLGA, requestErasure, { customer, reason });
      await execute(services, CARLA, eraseCustomer, { customer, requestedBy: 'olga', reason });
    }
    expect(gone.length).toBeGreaterThan(4);
    expect(await reproduced()).toMatchObject({
      verdict: 'IDENTICAL',
      compared: SIZE - gone.length,
      erased: gone.length,
      decisionRoot: run.decisionRoot,
    });
  });

  it('is refused to who may not, and for what is no run', async () => {
    const refused = (caller = OLGA, runId = run.id) =>
      refusalOf(execute(harness.services, caller, reproduceRun, { runId }));
    expect(await refused(MARK)).toBe('FORBIDDEN run.reproduce');
    expect(await refused(OLGA, 'nonsense')).toBe('NOT_FOUND RUN');
  });
});
