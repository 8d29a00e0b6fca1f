import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partitionOf } from '../../src/store/snapshot.store.ts';
import { SmallRecord } from '../support/small-record.ts';

let record: SmallRecord;
let released: string;
beforeAll(async () => {
  record = await SmallRecord.start();
  released = partitionOf('decision', record.released.id);
}, 60_000);
afterAll(() => record?.stop());

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
