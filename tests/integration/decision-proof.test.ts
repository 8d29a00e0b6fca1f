import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyProofFile } from '../../src/cli/audit-offline.ts';
import { decisionIn } from '../../src/store/decision.reads.ts';
import { partitionOf } from '../../src/store/snapshot.store.ts';
import { proveDecision } from '../../src/use-cases/prove-decision.ts';
import { auditEntries } from '../support/audit-entries.ts';
import { LOG, OTHER_KEY } from '../support/audit-log.ts';
import { hasPython, runVerifier } from '../support/python-verifier.ts';
import { refusalOf } from '../support/refusals.ts';
import { CARLA, MARK, OLGA } from '../support/service-harness.ts';
import { customers, deliver, SMALL } from '../support/small-campaign.ts';
import { SmallRecord, sequenceAll } from '../support/small-record.ts';
import { tamper } from '../support/state-change.ts';

const KEY = LOG.signer.verifier.text;
const WEEK = '2026-W40';

let record: SmallRecord;
let folder: string;

beforeAll(async () => {
  record = await SmallRecord.start();
  folder = await mkdtemp(join(tmpdir(), 'waarom-proof-'));
}, 60_000);

afterAll(async () => {
  await record.stop();
  await rm(folder, { recursive: true });
});

const proofOf = (customer: string, caller = CARLA, week = WEEK) =>
  proveDecision(record.harness.services, caller, { campaign: SMALL, week, customer });

describe('proving a decision', () => {
  it('gives a file that both verifiers accept, for whatever was decided', async () => {
    const partition = partitionOf('decision', record.released.id);
    const kinds: { customer: string }[] = await record.owner.query(
      `select distinct on (outcome, arm) customer from ${partition} order by outcome, arm, row_no desc`,
    );
    expect(kinds.length).toBeGreaterThan(1);
    for (const { customer } of kinds) {
      const file = join(folder, `${customer}.json`);
      await writeFile(file, await proofOf(customer));
      const { text, intact } = await verifyProofFile(file, [KEY, OTHER_KEY.verifier.text]);
      const decision = await record.owner.transaction((tx) => decisionIn(tx, record.released.id, customer));
      expect(intact).toBe(true);
      expect(text).toContain(`"${customer}","${decision?.outcome}"`);
      expect(text).toContain(`decided for ${SMALL}, week ${WEEK}, in run ${record.released.id}`);
      if (!hasPython) continue;
      const { said, ...verdict } = runVerifier(['--proof', file, '--key', KEY]);
      expect(verdict, said).toEqual({ intact: true });
      expect(said).toMatch(/^PROVEN: \["decision\/1",/);
    }
  });

  it('gives a file that says what fails in it', async () => {
    const file = join(folder, 'other.json');
    // The leaf is JSON in JSON; a hash may hold "c7" too.
    const other = (await proofOf('c7')).replace(String.raw`\"c7\"`, String.raw`\"c8\"`);
    await writeFile(file, other);
    const broken = `BROKEN at ${file} (DECISION_PATH): the decision is not among those of the run`;
    expect(await verifyProofFile(file, [KEY])).toEqual({ text: broken, intact: false });
    if (hasPython) expect(runVerifier(['--proof', file, '--key', KEY])).toMatchObject({ intact: false });
    await expect(verifyProofFile(file, [])).rejects.toThrow('give --key');
  });

  it('is a read of the customer, and is on the log', async () => {
    await proofOf('c9', OLGA);
    expect((await auditEntries(record.harness.services.db)).at(-1)).toMatchObject({
      actor: 'olga',
      action: 'decision.read',
      details: { week: WEEK, found: true },
    });
    expect(await refusalOf(proofOf('c9', MARK))).toBe('FORBIDDEN customer.read');
  });

  it('is refused where nothing was decided, and while the log has not signed it', async () => {
    expect(await refusalOf(proofOf('nobody'))).toBe('NOT_FOUND DECISION');
    expect(await refusalOf(proofOf('c9', CARLA, '2026-W39'))).toBe('NOT_FOUND DECISION');
    const { harness } = record;
    await deliver(harness, { week: '2026-W44', customers: customers(25, (n) => ({ likely: n / 26 })) });
    await harness.run(SMALL, '2026-W44');
    expect(await refusalOf(proofOf('c9', CARLA, '2026-W44'))).toBe('INVALID_STATE LOG_SIGNED');
    await sequenceAll(harness);
    expect(await proofOf('c9', CARLA, '2026-W44')).toContain('decision-proof/1');
  });

  it('never gives a file that proves nothing', async () => {
    const partition = partitionOf('decision', record.released.id);
    await tamper(record.owner, partition, `update ${partition} set rank = rank + 1 where customer = 'c20'`);
    await expect(proofOf('c20')).rejects.toThrow('the decision is not among those of the run');
  });
});
