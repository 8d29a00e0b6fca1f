import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf, digestOfJson } from '../../src/audit/digest.ts';
import { partitionOf } from '../../src/store/snapshot.store.ts';
import { SMALL } from '../support/small-campaign.ts';
import { SmallRecord } from '../support/small-record.ts';

let record: SmallRecord;
beforeAll(async () => {
  record = await SmallRecord.start();
}, 60_000);
afterAll(() => record?.stop());

describe('what people decided', () => {
  it('a config version is edited, and its digest to match', async () => {
    const [{ settings }] = await record.owner.query('select settings from config_version');
    const edited = { ...settings, threshold: 0.1 };
    const fault = await record.faultAfter(
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
    const fault = await record.faultAfter([table], [statement]);
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
    expect(await record.faultAfter([table], [statement])).toMatchObject({ table, rule: 'MISSING' });
  });

  it.each([
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
    [
      'run_funnel',
      `insert into run_funnel select (jsonb_populate_record(f, jsonb_build_object('run_id', r.id))).*
       from run_funnel f, run r where r.status = 'HALTED' limit 1`,
    ],
  ])('a row is added of which no entry speaks: %s', async (table, statement) => {
    expect(await record.faultAfter([table], [statement])).toMatchObject({ table, rule: 'UNSPOKEN' });
  });

  it('an opt-out is added of a customer for whom the log has no name', async () => {
    const added = `insert into opt_out values ('c5', '2026-11-01', 'nobody', null)`;
    const fault = await record.faultAfter(['opt_out'], [added]);
    expect(fault).toMatchObject({ table: 'customer_pseudonym', rule: 'MISSING' });
  });
});

describe('erasure as a cloak', () => {
  it('a decision is deleted and listed under an erasure that nobody recorded', async () => {
    const decisions = partitionOf('decision', record.released.id);
    const erasure = '00000000-0000-4000-8000-000000000009';
    const fault = await record.faultAfter(
      [decisions, 'erasure', 'erased_row'],
      [
        `insert into erasure (id, erased_at, erased_by, reason, rows, digest) values ($1, now(), 'x', 'x', 1, $2)`,
        erasure,
        digestOf(''),
      ],
      [`insert into erased_row select $1, 'decision', $2, 11, null`, erasure, record.released.id],
      [`delete from ${decisions} where row_no = 11`],
    );
    expect(fault).toMatchObject({ table: 'erasure', id: erasure, rule: 'UNSPOKEN' });
  });

  it('the secret of a name in the log is destroyed while the customer is on record', async () => {
    const fault = await record.faultAfter(
      ['customer_pseudonym'],
      [`delete from customer_pseudonym where customer = 'c3'`],
    );
    expect(fault).toMatchObject({ table: 'customer_pseudonym', rule: 'MISSING' });
  });

  it('an opt-out and the secret of its name are destroyed', async () => {
    const fault = await record.faultAfter(
      ['customer_pseudonym', 'opt_out'],
      [`delete from customer_pseudonym where customer = 'c3'`],
      [`delete from opt_out where customer = 'c3'`],
    );
    expect(fault).toMatchObject({ table: 'opt_out', rule: 'MISSING' });
  });
});
