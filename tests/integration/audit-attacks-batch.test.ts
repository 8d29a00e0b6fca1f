import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMALL } from '../support/small-campaign.ts';
import { SmallRecord } from '../support/small-record.ts';

let record: SmallRecord;
let releasedBatch: string;
beforeAll(async () => {
  record = await SmallRecord.start();
  releasedBatch = (await record.harness.batchOf(record.released)).id;
}, 60_000);
afterAll(() => record?.stop());

describe('an approved batch', () => {
  it('gets another customer in the place of one', async () => {
    const fault = await record.faultAfter(
      ['recipient'],
      [`update recipient set customer = 'c999' where batch_id = $1 and row_no = 2`, releasedBatch],
    );
    expect(fault).toMatchObject({ table: 'recipient', id: releasedBatch, row: 2, rule: 'DIFFERS' });
  });

  it('loses a recipient', async () => {
    const fault = await record.faultAfter(
      ['recipient'],
      ['delete from recipient where batch_id = $1 and row_no = 2', releasedBatch],
    );
    expect(fault).toMatchObject({ table: 'recipient', id: releasedBatch, row: 2, rule: 'MISSING' });
  });

  it('gets one more recipient', async () => {
    const fault = await record.faultAfter(
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
    const fault = await record.faultAfter(
      ['recipient'],
      [`update recipient set ${change} where batch_id = $1 and row_no = 2`, releasedBatch],
    );
    expect(fault?.rule).toMatch(/DIFFERS|MISSING|UNSPOKEN/);
    expect(JSON.stringify(fault)).toContain(releasedBatch);
  });

  it('has a recipient left out of the file that went out', async () => {
    const fault = await record.faultAfter(
      ['recipient'],
      [`update recipient set dropped = 'OPTED_OUT' where batch_id = $1 and row_no = 2`, releasedBatch],
    );
    expect(fault).toMatchObject({ table: 'hand_off', id: releasedBatch, field: 'content', rule: 'DIFFERS' });
  });

  it('has another approved digest', async () => {
    const none = `sha256:${'0'.repeat(64)}`;
    const fault = await record.faultAfter(
      ['batch'],
      ['update batch set approved_digest = $2, digest = $2 where id = $1', releasedBatch, none],
    );
    expect(fault).toMatchObject({ table: 'batch', id: releasedBatch, field: 'digest', rule: 'DIFFERS' });
  });

  it('has a verdict of its sample changed', async () => {
    const fault = await record.faultAfter(
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
    expect(await record.faultAfter([table], [statement])).toMatchObject({ table, id: releasedBatch, rule });
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
