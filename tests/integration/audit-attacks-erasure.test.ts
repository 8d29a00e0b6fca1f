import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partitionOf } from '../../src/store/snapshot.store.ts';
import { eraseCustomer, requestErasure } from '../../src/use-cases/erase-customer.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { CARLA, person } from '../support/service-harness.ts';
import { SmallRecord, sequenceAll, tamper } from '../support/small-record.ts';

/** c30 was mailed in the released week; c3 opted out. Both are in every week. */
const ERASED = ['c30', 'c3'] as const;
const CLARA = person('clara', 'COMPLIANCE_REVIEWER');

let record: SmallRecord;
let decisions: string;

beforeAll(async () => {
  record = await SmallRecord.start();
  decisions = partitionOf('decision', record.released.id);
  const { services } = record.harness;
  for (const customer of ERASED) {
    const reason = 'asked for it';
    await execute(services, CLARA, requestErasure, { customer, reason });
    await execute(services, CARLA, eraseCustomer, { customer, requestedBy: 'clara', reason });
  }
  await sequenceAll(record.harness);
}, 60_000);

afterAll(async () => {
  await record.stop();
});

describe('a record from which two customers were erased', () => {
  it('is intact, and counts what is ERASED', async () => {
    const { fault, counts } = await record.after(async () => {});
    expect(fault).toBeNull();
    // Each has a frozen row and a decision in two weeks but c30 only in the first; c30 was a recipient.
    expect(counts.erased).toBeGreaterThanOrEqual(7);
    expect(counts.decisions).toBe(55 - 3);
  });

  it('is not when one more decision goes', async () => {
    const { fault } = await record.after((tx) =>
      tamper(tx, [decisions], () => tx.query(`delete from ${decisions} where row_no = 11`)),
    );
    expect(fault).toMatchObject({ table: 'decision', id: record.released.id, row: 11, rule: 'MISSING' });
  });

  it('is not when one more row is listed as erased', async () => {
    const { fault } = await record.after((tx) =>
      tamper(tx, [decisions, 'erased_row'], async () => {
        await tx.query(`delete from ${decisions} where row_no = 11`);
        await tx.query(
          `insert into erased_row select erasure_id, kind, owner_id, 11, hash from erased_row
           where kind = 'decision' and owner_id = $1 limit 1`,
          [record.released.id],
        );
      }),
    );
    expect(fault).toMatchObject({ table: 'erasure', field: 'content', rule: 'DIFFERS' });
  });

  it('is not when an erasure is taken back', async () => {
    const { fault } = await record.after((tx) =>
      tamper(tx, ['erasure', 'erased_row'], async () => {
        await tx.query('delete from erased_row');
        await tx.query('delete from erasure');
      }),
    );
    expect(fault).toMatchObject({ table: 'erasure', rule: 'MISSING' });
  });

  it('is not when the hash that an erased frozen row left is changed', async () => {
    const { fault } = await record.after((tx) =>
      tamper(tx, ['erased_row'], () =>
        tx.query(`update erased_row set hash = sha256('') where kind = 'snapshot' and owner_id = $1`, [
          record.released.id,
        ]),
      ),
    );
    expect(fault).toMatchObject({ table: 'erasure', field: 'content', rule: 'DIFFERS' });
  });

  it('is not when an erased row is there again', async () => {
    const { fault } = await record.after((tx) =>
      tamper(tx, [decisions], () =>
        tx.query(
          `insert into ${decisions} select run_id, e.row_no, 'c30', salt, outcome, arm, reasons, score, rank
           from ${decisions} d, (select row_no from erased_row where kind = 'decision' and owner_id = $1 limit 1) e limit 1`,
          [record.released.id],
        ),
      ),
    );
    expect(fault).toMatchObject({ table: 'decision', id: record.released.id, rule: 'UNSPOKEN' });
  });

  it('is not when the secret of a name goes while its customer is on record', async () => {
    const { fault } = await record.after((tx) =>
      tamper(tx, ['customer_pseudonym', 'quiet_list'], async () => {
        await tx.query(`delete from customer_pseudonym where customer = 'c4'`);
      }),
    );
    expect(fault).toMatchObject({ rule: 'MISSING' });
  });
});
