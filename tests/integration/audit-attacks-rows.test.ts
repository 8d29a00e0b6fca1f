import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/audit/digest.ts';
import { merkleRoot } from '../../src/audit/merkle.ts';
import { partitionOf } from '../../src/store/snapshot.store.ts';
import { SmallRecord, tamper } from '../support/small-record.ts';

let record: SmallRecord;
let [released, reviewed]: [decisions: string, other: string] = ['', ''];
let model: { id: string };
beforeAll(async () => {
  record = await SmallRecord.start();
  released = partitionOf('decision', record.released.id);
  reviewed = partitionOf('decision', record.reviewed.id);
  [model] = await record.owner.query('select id from model_version');
}, 60_000);
afterAll(() => record?.stop());

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
    const fault = await record.faultAfter(
      [released],
      [`update ${released} set score = 0.99 where row_no = 11`],
    );
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
    const fault = await record.faultAfter([released], [`update ${released} set ${change} where row_no = 11`]);
    expect(fault).toMatchObject({ table: 'decision', id: record.released.id, row: 11, rule: 'DIGEST' });
  });

  it('a salt is destroyed, and no erasure says so', async () => {
    const none = Buffer.alloc(16);
    const fault = await record.faultAfter(
      [released],
      [`update ${released} set salt = $1 where row_no = 11`, none],
    );
    expect(fault).toMatchObject({ table: 'decision', row: 11, rule: 'DIGEST', entry: await decided() });
  });

  it('a score is edited, and its leaf to match', async () => {
    const fault = await record.faultAfter(
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
    const fault = await record.faultAfter(
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
    const fault = await record.faultAfter(
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
    const fault = await record.faultAfter([released], [`delete from ${released} where row_no = 11`]);
    expect(fault).toMatchObject({
      table: 'decision',
      id: record.released.id,
      row: 11,
      rule: 'MISSING',
      entry: await decided(),
    });
  });

  it.each(['asc', 'desc'])('one stands twice, its copy before it or after it (%s)', async (order) => {
    const fault = await record.faultAfter(
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
    const fault = await record.faultAfter([], [`drop table ${released}`]);
    expect(fault).toMatchObject({ table: 'decision', id: record.released.id, rule: 'MISSING' });
  });

  it('a table of decisions of no run is attached', async () => {
    const fault = await record.faultAfter(
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
    const fault = await record.faultAfter(
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
    const fault = await record.faultAfter([frozen()], [`update ${frozen()} set ${change} where row_no = 3`]);
    expect(fault).toMatchObject({
      table: 'snapshot_row',
      id: record.reviewed.id,
      rule: 'DIGEST',
      entry: await record.entry('run.decide', record.reviewed.id),
    });
  });

  it('one is deleted', async () => {
    const fault = await record.faultAfter([frozen()], [`delete from ${frozen()} where row_no = 3`]);
    expect(fault).toMatchObject({ table: 'snapshot_row', id: record.reviewed.id, row: 3, rule: 'MISSING' });
  });

  it.each(['asc', 'desc'])('one stands twice, its copy before it or after it (%s)', async (order) => {
    const fault = await record.faultAfter(
      [frozen()],
      [
        `with one as (delete from ${frozen()} where row_no = 3 returning *) insert into ${frozen()}
         select run_id, row_no, name, salt, numbers, texts, quiet, opted_out, flow_starts, mails
         from one, (select customer from one union all values ('c999')) as two (name) order by name ${order}`,
      ],
    );
    expect(fault).toMatchObject({ table: 'snapshot_row', id: record.reviewed.id, row: 3, rule: 'TWICE' });
  });

  it('two change places, and nothing else', async () => {
    const fault = await record.faultAfter(
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
    const fault = await record.faultAfter(
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
    const fault = await record.faultAfter(['model_version_file'], [statement]);
    expect(fault).toMatchObject({ table: 'model_version_file', rule, entry: await registered() });
  });

  it('the card that is read beside the package is edited', async () => {
    const fault = await record.faultAfter(
      ['model_version'],
      [`update model_version set card = jsonb_set(card, '{builder}', '"nobody"')`],
    );
    expect(fault).toMatchObject({ table: 'model_version', id: model.id, field: 'card', rule: 'DIFFERS' });
  });
});
