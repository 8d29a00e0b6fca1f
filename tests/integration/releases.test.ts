import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/audit/checkpoint.ts';
import { verifyDecisionProof } from '../../src/audit/decision-proof.ts';
import type { SignedLog } from '../../src/audit/sequencer.ts';
import { parseSigner, parseVerifier, signNote } from '../../src/audit/signed-note.ts';
import { tombstonesOf } from '../../src/audit/tombstone.ts';
import { ARMS, OUTCOMES } from '../../src/domain/decision.ts';
import type { ExplanationFacts } from '../../src/domain/explanation.ts';
import { decisionIn, type RecordedDecision } from '../../src/store/decision.reads.ts';
import { assertSchemaVersion } from '../../src/store/migrate.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { Explainer } from '../../src/use-cases/explain-customers.ts';
import { recordedWeek } from '../../src/use-cases/recorded-week.ts';
import { reproduceRun } from '../../src/use-cases/reproduce-run.ts';
import { verifyRecord } from '../../src/use-cases/verify-record/verify-record.ts';
import { hasPython, runVerifier } from '../support/python-verifier.ts';
import {
  migrateRelease,
  RELEASES,
  type RecordedRelease,
  readRelease,
  restoreRelease,
} from '../support/release-fixture.ts';
import { CARLA, ServiceHarness } from '../support/service-harness.ts';
import { sequenceAll } from '../support/small-record.ts';

const releases = readdirSync(RELEASES, { withFileTypes: true }).filter((entry) => entry.isDirectory());

it('the record of some release is there', () => {
  expect(releases.map(({ name }) => name)).toContain('0.1.0');
});

describe.each(releases.map(({ name }) => name))('what release %s recorded', (release) => {
  const folder = join(RELEASES, release);
  let recorded: RecordedRelease;
  let schema: string;
  let harness: ServiceHarness;
  let log: SignedLog;

  beforeAll(async () => {
    recorded = await readRelease(folder);
    const signer = parseSigner((await readFile(join(folder, 'audit.key'), 'utf8')).trim());
    if (signer === undefined) throw new Error('the key of the log is not readable');
    log = { origin: signer.verifier.name, signer };
    const restored = await restoreRelease(folder);
    schema = restored.schema;
    await migrateRelease(restored.database);
    const sign = (text: string) => signNote(text, [signer]);
    harness = await ServiceHarness.start({ sign, tombstoneOf: tombstonesOf(signer) }, restored.database);
    harness.now = new Date();
  });
  afterAll(() => harness?.stop());

  const verified = async () => {
    const checkpoint = openCheckpoint(
      await readFile(join(folder, 'checkpoint'), 'utf8'),
      log.signer.verifier,
    );
    if (checkpoint === undefined) throw new Error('the checkpoint is not one of the log');
    const outbox = (campaign: string, file: string) =>
      readFile(join(folder, 'outbox', campaign, file)).catch(() => null);
    const { origin, signer } = log;
    return harness.services.db.transaction('REPEATABLE READ', (tx) =>
      verifyRecord(tx, {
        origin,
        verifier: signer.verifier,
        remembered: [checkpoint],
        outbox,
        progress: () => {},
      }),
    );
  };

  const explainedAgain = (run: string, customers: readonly string[]) => {
    const { services } = harness;
    return services.db.transaction(async (tx) => {
      const decisions: RecordedDecision[] = [];
      for (const customer of customers) decisions.push((await decisionIn(tx, run, customer))!);
      decisions.sort((a, b) => a.row - b.row);
      await using explainer = await Explainer.open(tx, services, await recordedWeek(services.db, tx, run));
      const facts = await explainer.explain(decisions);
      return decisions.map(({ customer }, at) => [customer, facts[at]!] as const);
    });
  };

  it('holds whatever can come of a run', async () => {
    const all = async (values: string): Promise<unknown[]> => {
      const rows: { value: unknown }[] = await harness.services.db.query(
        `select distinct ${values} order by value`,
      );
      return rows.map(({ value }) => value);
    };
    const statuses = ['AWAITING_REVIEW', 'HALTED', 'RELEASED', 'SUPERSEDED'];
    expect(await all('status as value from run')).toEqual(statuses);
    expect(await all('outcome::int as value from decision')).toEqual(OUTCOMES.map((_, code) => code));
    expect(await all('arm::int as value from decision where arm is not null')).toEqual(
      ARMS.map((_, code) => code),
    );
    expect(await all("facts #>> '{attribution,method}' as value from explanation")).toEqual(
      expect.arrayContaining(['COALITIONS', 'TREES']),
    );
    expect(await all("version as value from model_version where campaign = 'small'")).toEqual(['1', '2']);
    expect(await all('removed_by as value from recipient where removed_by is not null')).toEqual(['olga']);
  });

  it('lies in the schema that its migrations still make', async () => {
    expect(schema).toBe(await readFile(join(folder, 'schema.sql'), 'utf8'));
    await assertSchemaVersion(harness.services.db);
  });

  it('is found as its log says, and its checkpoint is of this log', async () => {
    const { fault, log: found, counts } = await verified();
    expect(fault).toBeNull();
    expect(found.entries).toBeGreaterThan(50);
    expect(counts.erased).toBeGreaterThan(0);
  });

  it('reproduces, every week that decided', async () => {
    expect(recorded.decided.length).toBeGreaterThan(5);
    const found = [];
    for (const { run } of recorded.decided) {
      const { verdict, faults, differing, erased, recordedRoot } = await execute(
        harness.services,
        CARLA,
        reproduceRun,
        { runId: run },
      );
      expect({ verdict, faults, differing }).toEqual({
        // On another processor the last digits of a score may differ; no decision may.
        verdict: expect.stringMatching(/^(IDENTICAL|WITHIN_TOLERANCE)$/),
        faults: [],
        differing: 0,
      });
      found.push({ run, decisionRoot: recordedRoot, erased });
    }
    const expected = recorded.decided.map(({ run, decisionRoot, erased }) => ({ run, decisionRoot, erased }));
    expect(found).toEqual(expected);
  });

  it('is explained as it was', async () => {
    const { db } = harness.services;
    const kept: Kept[] = await db.query('select run_id as run, customer, facts from explanation');
    expect(kept).toHaveLength(recorded.explained);
    for (const { run, erased } of recorded.decided) {
      const ofRun = new Map(
        kept.filter((one) => one.run === run).map(({ customer, facts }) => [customer, facts]),
      );
      for (const [customer, facts] of await explainedAgain(run, [...ofRun.keys()])) {
        const { counterfactual: turnedThen, ...then } = ofRun.get(customer)!;
        const { counterfactual: turnsNow, ...now } = facts;
        expect(now).toEqual(closeTo(then));
        // What would have turned a choice may hang on somebody who was erased since: then nothing is claimed.
        if (turnsNow !== null || erased === 0) expect(turnsNow).toEqual(closeTo(turnedThen));
      }
    }
  });

  it('is proved by the files that it gave', async () => {
    const key = parseVerifier(recorded.verifierKey);
    if (key === undefined) throw new Error('the verifier key is not one');
    expect(recorded.proofs.length).toBeGreaterThan(5);
    for (const name of recorded.proofs) {
      const file = join(folder, 'proofs', name);
      expect(verifyDecisionProof(await readFile(file), [key])).toMatchObject({
        runId: expect.stringMatching(/-/),
        signedBy: key.text,
      });
      if (hasPython)
        expect(runVerifier(['--proof', file, '--key', key.text])).toMatchObject({ intact: true });
    }
  });

  it('is gone on with', async () => {
    await sequenceAll(harness, log);
    expect((await verified()).fault).toBeNull();
  });
});

interface Kept {
  readonly run: string;
  readonly customer: string;
  readonly facts: ExplanationFacts;
}

/** The same, with numbers to the last but a few digits. */
function closeTo(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : expect.closeTo(value, 6);
  if (Array.isArray(value)) return value.map(closeTo);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, closeTo(part)]));
}
