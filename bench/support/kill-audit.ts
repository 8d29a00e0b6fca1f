import type pg from 'pg';
import type { DataSource } from 'typeorm';
import { type SignedLog, sequence } from '../../src/audit/sequencer.ts';
import { verifyLog } from '../../src/audit/verify.ts';

/** Every entry, with what its bytes say. */
const ENTRIES = `
  select index, said ->> 'action' as action, said ->> 'subject' as subject, said ->> 'digest' as digest,
         said -> 'details' as details, said -> 'refusal' <> 'null' as refused
  from (select index, convert_from(bytes, 'UTF8')::jsonb as said from audit_entry) e`;

/** What was done, by the tables: each must have exactly one entry that was not refused. */
const ACTS = `
  select 'run.start' as action, id::text as subject, null as digest from run
  union all select 'run.receive', id::text, snapshot_digest from run where snapshot_digest is not null
  union all select 'run.decide', id::text, manifest_digest from run where manifest_digest is not null
  union all select 'run.explain', run_id::text, null from batch
  union all select 'run.challenge', run_id::text, root from run_challenger
  union all select 'run.draw', run_id::text, null from batch
  union all select 'batch.remove', batch_id::text, null from recipient where removed_by is not null
  union all select 'batch.submit', id::text, digest from batch where submitted_at is not null
  union all select 'batch.approve', id::text, approved_digest from batch where decided_at is not null
  union all select 'batch.release', id::text, digest from batch where released_at is not null
  union all select 'batch.handOff', batch_id::text, digest from hand_off where delivered_at is not null`;

/** The names under which the log speaks of customers (src/audit/pseudonym.ts). */
const NAMES = `
  select customer, 'customer:' || left(translate(encode(sha256(secret || convert_to(customer, 'UTF8')), 'base64'), '+/', '-_'), 22)
           as name
  from customer_pseudonym`;

const RULES: Readonly<Record<string, string>> = {
  'every act has exactly one entry, every entry its act': `
    select coalesce(a.action, e.action) as action, count(e.index) from (${ACTS}) a
    full join (
      select * from (${ENTRIES}) all_entries where not refused and action ~ '^(run|batch)\\.' and action not in ('batch.review', 'run.due')
        and not (action = 'run.start' and details -> 'started' = 'false') and not (action = 'batch.release' and details ? 'again')
    ) e on e.action = a.action and e.subject = a.subject and (a.digest is null or e.digest = a.digest)
    group by a.action, e.action, coalesce(a.subject, e.subject), a.digest
    having count(e.index) <> 1 or a.action is null`,
  'every verdict has an entry': `
    select s.batch_id, s.position from sample_item s where verdict <> 'PENDING' and not exists (
      select from (${ENTRIES}) e join (${NAMES}) n on details ->> 'customer' = n.name
      where action = 'batch.review' and not refused and subject = s.batch_id::text and n.customer = s.customer
        and details ->> 'verdict' = s.verdict)`,
  'every protected customer has an entry': `
    select customer from (select customer, 'customer.optOut' as action from opt_out
                          union select customer, 'customer.quiet' from quiet_list) p
    where not exists (select from (${ENTRIES}) e join (${NAMES}) n on e.subject = n.name
                      where e.action = p.action and n.customer = p.customer and not refused)`,
  'what was refused was done by another before': `
    select action from (${ENTRIES}) e where refused and action !~ '^batch\\.(review|remove|submit|approve|release)$'`,
};

/** Sequences what is staged, verifies the log, and holds it against the tables. Answers what is wrong. */
export async function auditFaults(
  owner: pg.Client,
  service: DataSource,
  log: SignedLog,
): Promise<readonly string[]> {
  const clock = { now: () => new Date() };
  while ((await service.transaction((tx) => sequence(tx, log, clock))) > 0);
  const { fault, staged } = await service.transaction('REPEATABLE READ', (tx) =>
    verifyLog(tx, log.origin, log.signer.verifier),
  );
  const faults =
    fault === null ? [] : [`audit log: ${fault.part} ${fault.index} ${fault.rule} ${fault.message}`];
  if (staged > 0) faults.push(`audit log: ${staged} entries stay staged`);
  return [...faults, ...(await unmatchedEntries(owner))];
}

/** Where acts and entries do not match. */
export async function unmatchedEntries(owner: pg.Client): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [rule, query] of Object.entries(RULES)) {
    const { rows } = await owner.query(`${query} limit 3`);
    if (rows.length > 0) faults.push(`${rule}: ${JSON.stringify(rows)}`);
  }
  return faults;
}
