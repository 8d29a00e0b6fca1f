import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf, digestOfJson } from '../../src/audit/digest.ts';
import { merkleRoot } from '../../src/audit/merkle.ts';
import { partitionOf } from '../../src/store/snapshot.store.ts';
import { SMALL } from '../support/small-campaign.ts';
import { SmallRecord, tamper } from '../support/small-record.ts';

let record: SmallRecord;
let [released, reviewed]: [decisions: string, other: string] = ['', ''];
let releasedBatch: string;
let model: { id: string; digest: string };

beforeAll(async () => {
  record = await SmallRecord.start();
  released = partitionOf('decision', record.released.id);
  reviewed = partitionOf('decision', record.reviewed.id);
  releasedBatch = (await record.harness.batchOf(record.released)).id;
  [model] = await record.owner.query('select id, digest from model_version');
}, 60_000);

afterAll(async () => {
  await record.stop();
});

type Statement = readonly [sql: string, ...parameters: unknown[]];

/** What verifying finds after statements on tables, whose guards are away meanwhile. */
async function faultAfter(tables: readonly string[], ...statements: readonly Statement[]) {
  const harm = (tx: EntityManager) =>
    tamper(tx, tables, async () => {
      for (const [sql, ...parameters] of statements) await tx.query(sql, parameters);
    });
  return (await record.after(harm)).fault;
}

it('is intact, down to its decisions', async () => {
  const { fault, counts } = await record.after(async () => {});
  expect(fault).toBeNull();
  expect(counts).toMatchObject({ decisions: 55, snapshotRows: 55, erased: 0 });
  expect(counts.recipients).toBeGreaterThan(10);
  expect(counts.modelBytes).toBeGreaterThan(1000);
});

describe('decisions', () => {
  const decided = () => record.entry('run.decide', record.released.id);

  it('a score is edited', async () => {
    const fault = await faultAfter([released], [`update ${released} set score = 0.99 where row_no = 11`]);
    expect(fault).toEqual({
      table: 'decision',
      id: record.released.id,
      row: 11,
      field: null,
      rule: 'DIGEST',
      entry: await decided(),
      message: 'the row does not hash to its leaf',
    });
  });

  it.each([
    'customer = $$c999$$',
    'outcome = 3',
    'outcome = 77',
    'arm = 1',
    'reasons = $${2}$$',
    'reasons = $${77}$$',
    'rank = 1',
    'score = null',
    'salt = $$\\x00$$',
  ])('%s is set', async (change) => {
    const fault = await faultAfter([released], [`update ${released} set ${change} where row_no = 11`]);
    expect(fault).toMatchObject({ table: 'decision', id: record.released.id, row: 11, rule: 'DIGEST' });
  });

  it('a salt is destroyed, and no erasure says so', async () => {
    const none = Buffer.alloc(16);
    const fault = await faultAfter([released], [`update ${released} set salt = $1 where row_no = 11`, none]);
    expect(fault).toMatchObject({ table: 'decision', row: 11, rule: 'DIGEST', entry: await decided() });
  });

  it('a score is edited, and its leaf to match', async () => {
    const fault = await faultAfter(
      [released, 'decision_leaf'],
      [`update ${released} set score = 0.99 where row_no = 11`],
      [
        `update decision_leaf set hashes = overlay(hashes placing sha256('') from 32 * 11 + 1) where run_id = $1`,
        record.released.id,
      ],
    );
    expect(fault).toMatchObject({ table: 'decision_leaf', id: record.released.id, row: 0, rule: 'DIGEST' });
  });

  it.each([
    ['its leaf and its block', false, { table: 'decision_leaf', row: null, rule: 'DIGEST' }],
    ['its leaf and the whole tree', true, { table: 'run', field: 'decisionRoot', rule: 'DIFFERS' }],
  ])('a score is edited, %s to match', async (_, whole, expected) => {
    const { fault } = await record.after((tx) =>
      tamper(tx, [released, 'decision_leaf', 'run'], async () => {
        const { id } = record.released;
        await tx.query(
          `update decision_leaf set hashes = overlay(hashes placing sha256('') from 32 * 11 + 1) where run_id = $1`,
          [id],
        );
        const [block] = await tx.query('select hashes from decision_leaf where run_id = $1', [id]);
        const root = merkleRoot(block.hashes);
        await tx.query('update decision_leaf set root = $2 where run_id = $1', [id, root]);
        const text = `sha256:${Buffer.from(root).toString('hex')}`;
        if (whole) await tx.query('update run set decision_root = $2 where id = $1', [id, text]);
      }),
    );
    expect(fault).toMatchObject({ id: record.released.id, entry: await decided(), ...expected });
  });

  it('one is moved to another run', async () => {
    const fault = await faultAfter(
      [released, reviewed],
      [
        `insert into ${reviewed} select $1, 25, customer || 'x', salt, outcome, arm, reasons, score, rank from ${released} where row_no = 11`,
        record.reviewed.id,
      ],
      [`delete from ${released} where row_no = 11`],
    );
    expect(fault).toMatchObject({ table: 'decision', id: record.released.id, row: 11, rule: 'MISSING' });
  });

  it('one is moved in from another run', async () => {
    const fault = await faultAfter(
      [released, reviewed],
      [
        `insert into ${released} select $1, 30, customer || 'x', salt, outcome, arm, reasons, score, rank from ${reviewed} where row_no = 11`,
        record.released.id,
      ],
      [`delete from ${reviewed} where row_no = 11`],
    );
    expect(fault).toMatchObject({ table: 'decision', id: record.released.id, row: 30, rule: 'UNSPOKEN' });
  });

  it('one is deleted', async () => {
    const fault = await faultAfter([released], [`delete from ${released} where row_no = 11`]);
    expect(fault).toMatchObject({
      table: 'decision',
      id: record.released.id,
      row: 11,
      rule: 'MISSING',
      entry: await decided(),
    });
  });

  it.each(['asc', 'desc'])('one stands twice, its copy before it or after it (%s)', async (order) => {
    const fault = await faultAfter(
      [released],
      [
        `with one as (delete from ${released} where row_no = 11 returning *) insert into ${released}
         select run_id, row_no, name, salt, outcome, arm, reasons, score, rank
         from one, (select customer from one union all values ('c999')) as two (name) order by name ${order}`,
      ],
    );
    expect(fault).toMatchObject({ table: 'decision', id: record.released.id, row: 11, rule: 'TWICE' });
  });

  it('all are dropped with their table', async () => {
    const fault = await faultAfter([], [`drop table ${released}`]);
    expect(fault).toMatchObject({ table: 'decision', id: record.released.id, rule: 'MISSING' });
  });

  it('a table of decisions of no run is attached', async () => {
    const fault = await faultAfter(
      [],
      [`create table decision_forged (like ${released} including all)`],
      [
        `alter table decision attach partition decision_forged for values in ('00000000-0000-4000-8000-000000000001')`,
      ],
      [
        `create trigger audited after insert on decision_forged for each statement execute function audit_mark()`,
      ],
      [`alter table decision_forged enable always trigger audited`],
    );
    expect(fault).toMatchObject({ table: 'decision', id: 'decision_forged', rule: 'UNSPOKEN' });
  });

  it('the blocks of leaves are deleted', async () => {
    const fault = await faultAfter(
      ['decision_leaf'],
      ['delete from decision_leaf where run_id = $1', record.released.id],
    );
    expect(fault).toMatchObject({ table: 'decision_leaf', id: record.released.id, row: 0, rule: 'MISSING' });
  });
});

describe('frozen rows', () => {
  const frozen = () => partitionOf('snapshot_row', record.reviewed.id);

  it.each([
    'numbers[1] = 0.5',
    'quiet = not quiet',
    'opted_out = true',
    'flow_starts = $${1}$$',
    'salt = sha256($$$$)',
  ])('%s is set', async (change) => {
    const fault = await faultAfter([frozen()], [`update ${frozen()} set ${change} where row_no = 3`]);
    expect(fault).toMatchObject({
      table: 'snapshot_row',
      id: record.reviewed.id,
      rule: 'DIGEST',
      entry: await record.entry('run.decide', record.reviewed.id),
    });
  });

  it('one is deleted', async () => {
    const fault = await faultAfter([frozen()], [`delete from ${frozen()} where row_no = 3`]);
    expect(fault).toMatchObject({ table: 'snapshot_row', id: record.reviewed.id, row: 3, rule: 'MISSING' });
  });

  it('two change places, and nothing else', async () => {
    const fault = await faultAfter(
      [frozen()],
      [`update ${frozen()} set row_no = 7 - row_no where row_no in (3, 4)`],
    );
    expect(fault).toMatchObject({ table: 'snapshot_row', id: record.reviewed.id, rule: 'DIGEST' });
  });
});

describe('models', () => {
  const registered = () => record.entry('model.register', model.id);

  it('the bytes are swapped, and the digests of the tables to match', async () => {
    const bytes = Buffer.from('another model');
    const fault = await faultAfter(
      ['model_file', 'model_version_file'],
      ['insert into model_file values ($1, $2)', digestOf(bytes), bytes],
      [
        `delete from model_file where digest = (select digest from model_version_file where model_id = $1 and name = 'model.onnx')`,
        model.id,
      ],
      [
        `update model_version_file set digest = $2 where model_id = $1 and name = 'model.onnx'`,
        model.id,
        digestOf(bytes),
      ],
    );
    expect(fault).toMatchObject({
      table: 'model_file',
      id: `${model.id}/model.onnx`,
      field: 'bytes',
      rule: 'DIGEST',
      entry: await registered(),
    });
  });

  it.each([
    ['a file is deleted', `delete from model_version_file where name = 'reference.csv'`, 'MISSING'],
    [
      'a file is added',
      `insert into model_version_file select model_id, 'other.csv', digest from model_version_file where name = 'card.yaml'`,
      'UNSPOKEN',
    ],
  ])('%s', async (_, statement, rule) => {
    const fault = await faultAfter(['model_version_file'], [statement]);
    expect(fault).toMatchObject({ table: 'model_version_file', rule, entry: await registered() });
  });

  it('the card that is read beside the package is edited', async () => {
    const fault = await faultAfter(
      ['model_version'],
      [`update model_version set card = jsonb_set(card, '{builder}', '"nobody"')`],
    );
    expect(fault).toMatchObject({ table: 'model_version', id: model.id, field: 'card', rule: 'DIFFERS' });
  });
});

describe('what people decided', () => {
  it('a config version is edited, and its digest to match', async () => {
    const [{ settings }] = await record.owner.query('select settings from config_version');
    const edited = { ...settings, threshold: 0.1 };
    const fault = await faultAfter(
      ['config_version'],
      ['update config_version set settings = $1, digest = $2', JSON.stringify(edited), digestOfJson(edited)],
    );
    expect(fault).toMatchObject({
      table: 'config_version',
      id: `${SMALL}/1`,
      field: 'settings',
      rule: 'DIFFERS',
      entry: await record.entry('campaign.apply', SMALL),
    });
  });

  // Each without an entry: with the triggers away, as only a superuser can.
  it.each([
    ['campaign', 'update campaign set paused = true', 'paused', 'engine.resume'],
    ['campaign', `update campaign set seed = repeat('0', 64)`, 'seed', 'campaign.apply'],
    [
      'campaign',
      `update campaign set definition = definition || '{"key": "x"}'`,
      'definition',
      'campaign.apply',
    ],
    ['feed_contract', `update feed_contract set columns = '[]'`, 'content', 'campaign.apply'],
    ['data_use', `update data_use set signed_by = 'mark'`, 'signedBy', 'dataUse.signOff'],
    ['data_use', `update data_use set signed_note = 'not so'`, 'signedNote', 'dataUse.signOff'],
    ['data_use', `update data_use set status = 'WITHDRAWN'`, 'status', 'dataUse.signOff'],
    ['data_use', `update data_use set legal_basis = '"none"'`, 'content', 'dataUse.signOff'],
    [
      'model_version',
      `update model_version set status = 'RETIRED', live_until = now()`,
      'status',
      'model.activate',
    ],
    ['model_version', `update model_version set approved_by = 'mark'`, 'approvedBy', 'model.approve'],
    ['model_version', `update model_version set gates = '[]'`, 'gates', 'model.approve'],
    ['model_act', `update model_act set actor = 'mark' where act = 'REGISTER'`, 'actor', 'model.register'],
    ['model_act', `update model_act set note = 'good' where act = 'APPROVE'`, 'note', 'model.approve'],
    [
      'model_activation',
      `update model_activation set activated_by = 'mark'`,
      'activatedBy',
      'model.activate',
    ],
    ['run', `update run set status = 'FAILED', step = 'DRAW' where status = 'HALTED'`, 'status', 'run.halt'],
    ['run', `update run set actor = 'nobody'`, 'actor', 'run.start'],
    [
      'run',
      `update run set manifest = manifest || '{"engine": null}' where manifest is not null`,
      'manifest',
      'run.decide',
    ],
    ['run_feed_file', 'update run_feed_file set rejected = 1', 'rejected', 'run.decide'],
    ['run_feed_file', `update run_feed_file set digest = 'sha256:${'0'.repeat(64)}'`, 'digest', 'run.decide'],
    ['fund_price', `update fund_price set price = 2 where date = '2026-09-28'`, 'content', 'run.decide'],
    ['fund_price', `delete from fund_price where date = '2026-09-28'`, 'content', 'run.decide'],
    ['run_funnel', `update run_funnel set reasons = '[]'`, 'content', 'run.decide'],
    [
      'batch',
      `update batch set status = 'APPROVED', submitted_by = 'o', decided_by = 'm', approved_digest = digest where status = 'IN_REVIEW'`,
      'status',
      'batch.lift',
    ],
    [
      'batch',
      `update batch set decided_by = 'nobody' where status = 'RELEASED'`,
      'decidedBy',
      'batch.approve',
    ],
    [
      'hand_off',
      `update hand_off set delivered_at = delivered_at + interval '1 day'`,
      'deliveredAt',
      'batch.handOff',
    ],
    [
      'incident',
      `update incident set resolved_by = 'x', resolved_at = opened_at, note = ''`,
      'resolvedBy',
      'incident.open',
    ],
    ['incident', `update incident set summary = 'all is well'`, 'summary', 'incident.open'],
    ['engine_pause', `update engine_pause set reason = 'no reason'`, 'reason', 'engine.pause'],
    ['engine_pause', `update engine_pause set paused_by = 'nobody'`, 'pausedBy', 'engine.pause'],
    ['engine_pause', `update engine_pause set stopped = '{}'`, 'stopped', 'engine.pause'],
    ['engine_pause', `update engine_pause set resumed_by = 'nobody'`, 'resumedBy', 'engine.resume'],
    [
      'engine_pause',
      `update engine_pause set resumed_by = null, resumed_at = null, resume_reason = null`,
      'resumedBy',
      'engine.resume',
    ],
    ['opt_out', `update opt_out set recorded_by = 'nobody'`, 'by', 'customer.optOut'],
    ['quiet_list', `update quiet_list set until = '2026-01-01'`, 'day', 'customer.quiet'],
  ])('%s: %s', async (table, statement, field, action) => {
    const fault = await faultAfter([table], [statement]);
    expect(fault).toMatchObject({ table, field, rule: 'DIFFERS' });
    const [said] = await record.owner.query('select action from audit_entry where index = $1', [
      fault !== null && 'entry' in fault ? fault.entry : -1,
    ]);
    expect(said.action).toBe(action);
  });

  it.each([
    ['opt_out', 'delete from opt_out'],
    ['quiet_list', 'delete from quiet_list'],
    ['incident', 'delete from incident'],
    ['hand_off', 'delete from hand_off'],
    ['run_funnel', 'delete from run_funnel'],
    ['run_feed_file', `delete from run_feed_file where name = 'funds.csv'`],
    ['model_activation', 'delete from model_activation'],
    ['engine_pause', 'delete from engine_pause'],
    ['model_act', `delete from model_act where act = 'ACTIVATE'`],
  ])('a row is deleted: %s', async (table, statement) => {
    expect(await faultAfter([table], [statement])).toMatchObject({ table, rule: 'MISSING' });
  });

  it.each([
    ['opt_out', `insert into opt_out values ('c5', '2026-11-01', 'nobody', null)`],
    [
      'engine_pause',
      `insert into engine_pause (id, scope, paused_by, paused_at, reason, stopped)
       values (gen_random_uuid(), 'EVERYTHING', 'nobody', now(), 'x', '{}')`,
    ],
    ['quiet_list', `insert into quiet_list values ('small', 'c4', '2030-01-01', 'x', 'nobody', now())`],
    [
      'data_use',
      `insert into data_use (id, campaign, columns, source, purpose, legal_basis, valid_until, status, declared_by, declared_at)
       select gen_random_uuid(), campaign, columns, source, purpose, legal_basis, valid_until, 'DECLARED', 'x', now() from data_use`,
    ],
    [
      'feed_contract',
      `insert into feed_contract (campaign, number, columns, digest, effective_from, from_week)
       select campaign, 2, columns, digest, now(), '2026-W50' from feed_contract`,
    ],
    [
      'feed_contract_change',
      `insert into feed_contract_change (id, campaign, base, columns, digest, reason, status, proposed_by, proposed_at)
       select gen_random_uuid(), campaign, 1, columns, digest, 'x', 'PROPOSED', 'x', now() from feed_contract`,
    ],
    [
      'config_version',
      `insert into config_version select gen_random_uuid(), campaign, 2, settings, digest, now(), 'nobody' from config_version`,
    ],
    [
      'incident',
      `insert into incident (id, kind, summary, opened_at) values (gen_random_uuid(), 'RUN_FAILED', 'x', now())`,
    ],
    [
      'run',
      `insert into run (id, campaign, week, attempt, current, trigger, status, step, actor, started_at, config_id, model_id, contract, seed)
       select gen_random_uuid(), campaign, '2026-W01', 1, true, trigger, 'HALTED', 'DONE', actor, started_at, config_id, model_id, contract, seed
       from run limit 1`,
    ],
  ])('a row is added of which no entry speaks: %s', async (table, statement) => {
    const fault = await faultAfter([table], [statement]);
    expect(fault?.rule).toMatch(/UNSPOKEN|MISSING/);
  });
});

describe('an approved batch', () => {
  it('gets another customer in the place of one', async () => {
    const fault = await faultAfter(
      ['recipient'],
      [`update recipient set customer = 'c999' where batch_id = $1 and row_no = 2`, releasedBatch],
    );
    expect(fault).toMatchObject({ table: 'recipient', id: releasedBatch, row: 2, rule: 'DIFFERS' });
  });

  it('loses a recipient', async () => {
    const fault = await faultAfter(
      ['recipient'],
      ['delete from recipient where batch_id = $1 and row_no = 2', releasedBatch],
    );
    expect(fault).toMatchObject({ table: 'recipient', id: releasedBatch, row: 2, rule: 'MISSING' });
  });

  it('gets one more recipient', async () => {
    const fault = await faultAfter(
      ['recipient'],
      [
        `insert into recipient (batch_id, customer, row_no, arm, salt, score) values ($1, 'c1', 999, 'MODEL', $2, 0.9)`,
        releasedBatch,
        Buffer.alloc(16),
      ],
    );
    expect(fault).toMatchObject({ table: 'recipient', id: releasedBatch, row: 999, rule: 'UNSPOKEN' });
  });

  it.each([
    ['its salt destroyed', `salt = '\\x00000000000000000000000000000000'`],
    ['a recipient removed', `removed_by = 'x', removed_at = now(), removal_note = 'x'`],
  ])('has %s', async (_, change) => {
    const fault = await faultAfter(
      ['recipient'],
      [`update recipient set ${change} where batch_id = $1 and row_no = 2`, releasedBatch],
    );
    expect(fault?.rule).toMatch(/DIFFERS|MISSING|UNSPOKEN/);
    expect(JSON.stringify(fault)).toContain(releasedBatch);
  });

  it('has a recipient left out of the file that went out', async () => {
    const fault = await faultAfter(
      ['recipient'],
      [`update recipient set dropped = 'OPTED_OUT' where batch_id = $1 and row_no = 2`, releasedBatch],
    );
    expect(fault).toMatchObject({ table: 'hand_off', id: releasedBatch, field: 'content', rule: 'DIFFERS' });
  });

  it('has another approved digest', async () => {
    const none = `sha256:${'0'.repeat(64)}`;
    const fault = await faultAfter(
      ['batch'],
      ['update batch set approved_digest = $2, digest = $2 where id = $1', releasedBatch, none],
    );
    expect(fault).toMatchObject({ table: 'batch', id: releasedBatch, field: 'digest', rule: 'DIFFERS' });
  });

  it('has a verdict of its sample changed', async () => {
    const fault = await faultAfter(
      ['sample_item'],
      [`update sample_item set verdict = 'WRONG' where batch_id = $1 and position = 1`, releasedBatch],
    );
    expect(fault).toMatchObject({ table: `sample_item ${releasedBatch}`, field: 'verdict', rule: 'DIFFERS' });
  });

  it.each([
    ['released_recipient', 'MISSING', 'delete from released_recipient where customer = $$c30$$'],
    [
      'released_recipient',
      'UNSPOKEN',
      `insert into released_recipient select campaign, week, 'c1', batch_id from released_recipient limit 1`,
    ],
    [
      'contact',
      'UNSPOKEN',
      `update contact set customer = 'c1' where ctid = (select min(ctid) from contact where batch_id is not null)`,
    ],
  ])('is not what was claimed: %s, %s', async (table, rule, statement) => {
    expect(await faultAfter([table], [statement])).toMatchObject({ table, id: releasedBatch, rule });
  });

  it('has its file in the outbox edited', async () => {
    const [{ file }] = await record.owner.query('select file from hand_off');
    const path = join(record.harness.folder, 'outbox', SMALL, file);
    const before = await readFile(path);
    await writeFile(path, `${before.toString()}c999,MODEL,small\n`);
    const { fault } = await record.after(async () => {});
    await writeFile(path, before);
    expect(fault).toMatchObject({
      table: 'outbox',
      id: file,
      rule: 'DIGEST',
      entry: await record.entry('batch.release', releasedBatch),
    });
  });
});

describe('guards', () => {
  it.each([
    [
      'alter table audit_entry disable trigger only_grows',
      'trigger only_grows of audit_entry',
      'it is disabled',
    ],
    ['alter table batch disable trigger audited', 'trigger audited of batch', 'it is disabled'],
    ['alter table batch enable trigger audited', 'trigger audited of batch', 'it was changed'],
    ['drop trigger audited on batch', 'trigger audited of batch', 'it is gone'],
    [
      'alter table audit_due disable trigger entry_required',
      'trigger entry_required of audit_due',
      'it is disabled',
    ],
    [
      'grant update on audit_entry to waarom_app',
      'rights of waarom_app on table audit_entry',
      'it was changed',
    ],
    ['grant delete on batch to public', 'rights of public on table batch', 'it is not of this release'],
    ['alter table audit_entry drop constraint audit_entry_leaf_check', 'table audit_entry', 'it was changed'],
    [
      `create or replace function audit_mark() returns trigger language plpgsql as 'begin return null; end'`,
      'function audit_mark',
      'it was changed',
    ],
    [
      'create rule hide as on update to batch do instead nothing',
      'rule hide of batch rewrites what is asked',
      '',
    ],
    ['alter table decision enable row level security', 'rows of decision are hidden by row security', ''],
  ])('%s', async (statement, id, message) => {
    const { fault } = await record.after((tx) => tx.query(statement));
    expect(fault).toMatchObject({ table: 'schema', id, rule: 'GUARD' });
    expect(fault?.message).toContain(message);
  });

  it('the trigger of a sealed table is disabled', async () => {
    const { fault } = await record.after((tx) => tx.query(`alter table ${released} disable trigger audited`));
    expect(fault).toMatchObject({ id: `trigger audited of ${released} is disabled`, rule: 'GUARD' });
  });

  it('the service may write to a sealed table again', async () => {
    const { fault } = await record.after((tx) => tx.query(`grant insert on ${released} to waarom_app`));
    expect(fault).toMatchObject({ id: `the service may change the sealed table ${released}`, rule: 'GUARD' });
  });
});

describe('erasure as a cloak', () => {
  it('a decision is deleted and listed under an erasure that nobody recorded', async () => {
    const erasure = '00000000-0000-4000-8000-000000000009';
    const fault = await faultAfter(
      [released, 'erasure', 'erased_row'],
      [
        `insert into erasure (id, erased_at, erased_by, reason, rows, digest) values ($1, now(), 'x', 'x', 1, $2)`,
        erasure,
        digestOf(''),
      ],
      [`insert into erased_row select $1, 'decision', $2, 11, null`, erasure, record.released.id],
      [`delete from ${released} where row_no = 11`],
    );
    expect(fault).toMatchObject({ table: 'erasure', id: erasure, rule: 'UNSPOKEN' });
  });

  it('the secret of a name in the log is destroyed while the customer is on record', async () => {
    const fault = await faultAfter(
      ['customer_pseudonym'],
      [`delete from customer_pseudonym where customer = 'c3'`],
    );
    expect(fault).toMatchObject({ table: 'customer_pseudonym', rule: 'MISSING' });
  });

  it('an opt-out and the secret of its name are destroyed', async () => {
    const fault = await faultAfter(
      ['customer_pseudonym', 'opt_out'],
      [`delete from customer_pseudonym where customer = 'c3'`],
      [`delete from opt_out where customer = 'c3'`],
    );
    expect(fault).toMatchObject({ table: 'opt_out', rule: 'MISSING' });
  });
});
