import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendEntry } from '../../src/audit/append.ts';
import { signCheckpoint } from '../../src/audit/checkpoint.ts';
import { readCheckpoint } from '../../src/audit/log-check.ts';
import { newestCheckpoint } from '../../src/audit/log-reads.ts';
import { sequence } from '../../src/audit/sequencer.ts';
import { storedHashIndex } from '../../src/audit/tlog.ts';
import { entryOf, LOG, OTHER_KEY } from '../support/audit-log.ts';
import { SmallRecord, tamper } from '../support/small-record.ts';
import {
  entryAt,
  putEntry,
  rebuildTree,
  shiftEntries,
  sizeOf,
  truncateLog,
} from '../support/tampered-log.ts';

const TABLES = ['audit_entry', 'audit_hash', 'audit_checkpoint', 'audit_staged'];

let record: SmallRecord;
let size: number;
/** The sizes of the log's checkpoints. */
let signed: readonly number[];

beforeAll(async () => {
  record = await SmallRecord.start();
  size = await sizeOf(record.owner.manager);
  const rows: { size: number }[] = await record.owner.query(
    'select size::float8 as size from audit_checkpoint order by size',
  );
  signed = rows.map((row) => row.size);
}, 60_000);

afterAll(async () => {
  await record.stop();
});

const inLog = (tx: EntityManager, harm: () => Promise<unknown>) => tamper(tx, TABLES, harm);
const harmed = (harm: (tx: EntityManager) => Promise<unknown>) =>
  record.after((tx) => inLog(tx, () => harm(tx)));

/** The size of the first checkpoint that covers an entry. */
const coveredBy = (index: number) => signed.find((one) => one > index);

it('is intact, and has more than one checkpoint', async () => {
  expect(await record.after(async () => {})).toMatchObject({ fault: null, log: { entries: size } });
  expect(signed.length).toBeGreaterThan(2);
});

describe('an attacker with all rights on the database, without the key', () => {
  it('edits an entry', async () => {
    const { fault } = await harmed(async (tx) =>
      putEntry(tx, 7, { ...(await entryAt(tx, 7)), actor: 'nobody' }),
    );
    expect(fault).toMatchObject({ part: 'hash', index: storedHashIndex(0, 7), rule: 'HASH' });
    expect(fault?.message).toContain('entry 7');
  });

  it('edits an entry and makes every hash fit', async () => {
    const { fault } = await harmed(async (tx) => {
      await putEntry(tx, 7, { ...(await entryAt(tx, 7)), actor: 'nobody' });
      await rebuildTree(tx, null);
    });
    expect(fault).toMatchObject({ part: 'checkpoint', index: coveredBy(7), rule: 'ROOT' });
  });

  it('deletes an entry', async () => {
    const { fault } = await harmed((tx) => tx.query('delete from audit_entry where index = 7'));
    expect(fault).toMatchObject({ part: 'entry', index: 7, rule: 'MISSING' });
  });

  it('deletes the newest ten', async () => {
    const { fault } = await harmed((tx) =>
      tx.query('delete from audit_entry where index >= $1', [size - 10]),
    );
    expect(fault).toMatchObject({ part: 'entry', index: size - 10, rule: 'MISSING' });
  });

  it('inserts a forged one and makes every hash fit', async () => {
    const { fault } = await harmed(async (tx) => {
      await shiftEntries(tx, 7, 1);
      await putEntry(tx, 7, entryOf({ action: 'batch.approve', actor: 'mark', subject: 'forged' }));
      await rebuildTree(tx, null);
    });
    expect(fault).toMatchObject({ part: 'checkpoint', index: coveredBy(7), rule: 'ROOT' });
  });

  it('adds a forged one at the end', async () => {
    const { fault } = await harmed(async (tx) => {
      await putEntry(tx, size, { ...(await entryAt(tx, size - 1)), actor: 'nobody' });
      const hashes = await tx.query('select count(*)::float8 as n from audit_hash');
      const leaf = await tx.query('select leaf from audit_entry where index = $1', [size]);
      await tx.query('insert into audit_hash values ($1, $2)', [hashes[0].n, leaf[0].leaf]);
    });
    expect(fault).toMatchObject({ rule: size % 2 === 0 ? 'BEYOND' : 'MISSING' });
  });

  it('swaps two', async () => {
    const { fault } = await harmed(async (tx) => {
      const [three, nine] = [await entryAt(tx, 3), await entryAt(tx, 9)];
      await putEntry(tx, 3, nine);
      await putEntry(tx, 9, three);
    });
    expect(fault).toMatchObject({ part: 'hash', index: storedHashIndex(0, 3), rule: 'HASH' });
    expect(fault?.message).toContain('entry 3');
  });

  it('replays an old one in the place of another', async () => {
    const { fault } = await harmed(async (tx) => putEntry(tx, 9, await entryAt(tx, 3)));
    expect(fault).toMatchObject({ part: 'hash', index: storedHashIndex(0, 9), rule: 'HASH' });
  });

  it('renumbers', async () => {
    const { fault } = await harmed((tx) => shiftEntries(tx, 7, 1));
    expect(fault).toMatchObject({ part: 'entry', index: 7, rule: 'MISSING' });
  });

  it('rewrites the whole log with a key of their own', async () => {
    const { fault } = await harmed(async (tx) => {
      await putEntry(tx, 7, { ...(await entryAt(tx, 7)), actor: 'nobody' });
      await rebuildTree(tx, OTHER_KEY);
    });
    expect(fault).toMatchObject({ part: 'checkpoint', index: signed[0], rule: 'UNSIGNED' });
  });

  it('puts a checkpoint that another key signed', async () => {
    const { fault } = await harmed(async (tx) => {
      const newest = await newestCheckpoint(tx);
      const note = signCheckpoint(
        { origin: LOG.origin, size, root: newest?.root ?? new Uint8Array() },
        OTHER_KEY,
      );
      await tx.query('update audit_checkpoint set note = $1 where size = $2', [note, size]);
    });
    expect(fault).toMatchObject({ part: 'checkpoint', index: size, rule: 'UNSIGNED' });
  });

  it('puts a checkpoint of another log that the same key signed', async () => {
    const { fault } = await harmed(async (tx) => {
      const newest = await newestCheckpoint(tx);
      const other = { origin: 'other.example/log', size, root: newest?.root ?? new Uint8Array() };
      await tx.query('update audit_checkpoint set note = $1 where size = $2', [
        signCheckpoint(other, LOG.signer),
        size,
      ]);
    });
    expect(fault).toMatchObject({ part: 'checkpoint', index: size, rule: 'ORIGIN' });
  });

  it('dates an entry back and has it sequenced like any other', async () => {
    const at = new Date(record.harness.now.getTime() - 3 * 24 * 3600 * 1000).toISOString();
    const { fault } = await record.after(async (tx) => {
      await appendEntry(tx, entryOf({ at, action: 'batch.read', campaign: null }));
      await sequence(tx, LOG, record.harness.services.clock);
    });
    expect(fault).toMatchObject({ part: 'entry', index: size, rule: 'DATED' });
  });

  it('dates an entry forward and has it sequenced like any other', async () => {
    const at = new Date(record.harness.now.getTime() + 3600 * 1000).toISOString();
    const { fault } = await record.after(async (tx) => {
      await appendEntry(tx, entryOf({ at, action: 'batch.read', campaign: null }));
      await sequence(tx, LOG, record.harness.services.clock);
    });
    expect(fault).toMatchObject({ part: 'entry', index: size, rule: 'DATED' });
  });

  it('dates an entry back that is still staged', async () => {
    const at = new Date(Date.now() - 3600 * 1000).toISOString();
    const { fault } = await record.after((tx) =>
      appendEntry(tx, entryOf({ at, action: 'batch.read', campaign: null })),
    );
    expect(fault).toMatchObject({ part: 'entry', index: size, rule: 'DATED' });
  });
});

describe('an attacker with the database and the key', () => {
  it('rolls the database back to yesterday: found by the checkpoint that was remembered', async () => {
    const newest = await newestCheckpoint(record.owner.manager);
    const remembered = newest === undefined ? [] : [newest];
    const yesterday = signed.at(-2) ?? 0;
    const back = (tx: EntityManager) => inLog(tx, () => truncateLog(tx, yesterday));
    const { fault } = await record.after(back, { remembered });
    expect(fault).toMatchObject({ part: 'checkpoint', index: size, rule: 'ROLLED_BACK' });
    // Without it, such a log by itself is as right as it was yesterday.
    expect((await record.after(back)).log).toMatchObject({ entries: yesterday, fault: null });
  });

  it('shows two views: checkpoints of one size with different roots, both signed', async () => {
    const root = new Uint8Array(32).fill(9);
    const note = signCheckpoint({ origin: LOG.origin, size: signed[1] ?? 0, root }, LOG.signer);
    const other = readCheckpoint(note, 0, LOG.origin, [LOG.signer.verifier]);
    if ('part' in other) throw new Error(other.message);
    const { fault } = await record.after(async () => {}, { remembered: [other] });
    expect(fault).toMatchObject({ part: 'checkpoint', index: signed[1], rule: 'SPLIT' });
  });

  it('rewrites the whole log and signs it again: found by the checkpoint that was remembered', async () => {
    const newest = await newestCheckpoint(record.owner.manager);
    const { fault } = await record.after(
      (tx) =>
        inLog(tx, async () => {
          await putEntry(tx, 7, { ...(await entryAt(tx, 7)), requestId: 'forged' });
          await rebuildTree(tx, LOG.signer);
        }),
      { remembered: newest === undefined ? [] : [newest] },
    );
    expect(fault).toMatchObject({ part: 'checkpoint', index: size, rule: 'SPLIT' });
  });
});
